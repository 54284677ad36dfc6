import { REMEMBERED_NUMBERS, type RememberedSends } from '../store/change.ts';

/** What several sends to one FIFO queue, one after the other, are to be remembered by, as one. */
export function joinedSends(sends: readonly RememberedSends[]): RememberedSends {
  const [first] = sends;
  if (first === undefined || sends.length === 1)
    return first ?? { firstOrder: 0, atMs: 0, keys: new Uint32Array() };
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
