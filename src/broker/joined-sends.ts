import { present } from '../base/assert.ts';
import { REMEMBERED_NUMBERS, REMEMBERED_SPAN_MS, type RememberedSends } from '../store/change.ts';

/**
 * What several sends to one FIFO queue, one after the other, are to be remembered by: as one, unless they lie so far apart
 * that what is asked of the store by time would miss the later ones.
 */
export function joinedSends(sends: readonly RememberedSends[]): readonly RememberedSends[] {
  const together: RememberedSends[][] = [];
  for (const each of sends) {
    const last = together.at(-1);
    if (last?.[0] !== undefined && each.atMs - last[0].atMs < REMEMBERED_SPAN_MS) last.push(each);
    else together.push([each]);
  }
  return together.map(joined);
}

function joined(sends: readonly RememberedSends[]): RememberedSends {
  const first = present(sends[0], 'the first of those together');
  if (sends.length === 1) return first;
  const keys = new Uint32Array(sends.reduce((sum, each) => sum + each.keys.length, 0));
  let at = 0;
  for (const each of sends) {
    keys.set(each.keys, at);
    const laterMs = each.atMs - first.atMs;
    for (let time = at + REMEMBERED_NUMBERS - 1; time < at + each.keys.length; time += REMEMBERED_NUMBERS) {
      keys[time] = (keys[time] ?? 0) + laterMs;
    }
    at += each.keys.length;
  }
  return { firstOrder: first.firstOrder, atMs: first.atMs, keys };
}
