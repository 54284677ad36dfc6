import type { Fact, Journal } from './journal.ts';

/** What a journal proves against the platform: sentences, none when it kept its word. Knows nothing of how the facts came about. */
export function violations(journal: Journal): string[] {
  return [
    ...lost(journal),
    ...cameBack(journal),
    ...doubled(journal),
    ...invented(journal),
    ...miscounted(journal),
    ...passedOver(journal),
  ];
}

/** An acknowledged message that nobody tried to delete must have been there at the last drain. */
function lost(journal: Journal): string[] {
  const lastDrain = journal.findLastIndex((fact) => fact.kind === 'killed');
  const found = numbersOf(journal.slice(lastDrain + 1), 'received');
  const deleting = numbersOf(journal.slice(0, lastDrain + 1), 'delete-began');
  return [...numbersOf(journal, 'send-acknowledged')]
    .filter((number) => !found.has(number) && !deleting.has(number))
    .map((number) => `message ${number} was acknowledged and is lost`);
}

/** Once a delete is acknowledged, no receive that begins later may bring the message. */
function cameBack(journal: Journal): string[] {
  const deletedAt = new Map<number, number>();
  const beganAt = new Map<number, number>();
  const back: string[] = [];
  journal.forEach((fact, at) => {
    if (fact.kind === 'receive-began') beganAt.set(fact.receive, at);
    if (fact.kind === 'delete-acknowledged' && !deletedAt.has(fact.number)) deletedAt.set(fact.number, at);
    if (fact.kind !== 'received') return;
    const deleted = deletedAt.get(fact.number) ?? Infinity;
    if (deleted < (beganAt.get(fact.receive) ?? -1))
      back.push(`message ${fact.number} was deleted and came back`);
  });
  return back;
}

/** One receive brings a message once: what moves to another queue is not also where it was, nor there twice. */
function doubled(journal: Journal): string[] {
  const seen = new Set<string>();
  return journal.flatMap((fact) => {
    if (fact.kind !== 'received') return [];
    const one = `${fact.receive}:${fact.number}`;
    if (seen.has(one)) return [`message ${fact.number} came twice in one receive`];
    seen.add(one);
    return [];
  });
}

/** Every message received was sent, and is as it was sent. */
function invented(journal: Journal): string[] {
  const sent = numbersOf(journal, 'send-began');
  return journal.flatMap((fact) => {
    if (fact.kind !== 'received') return [];
    if (!sent.has(fact.number)) return [`message ${fact.number} was never sent`];
    return fact.intact ? [] : [`message ${fact.number} was changed`];
  });
}

/** A message of a group comes only when nobody has to delete an earlier one any more, or together with it. */
function passedOver(journal: Journal): string[] {
  const places = new Map<number, { readonly group: number; readonly place: number }>();
  const groups = new Map<number, GroupSeen>();
  return journal.flatMap((fact) => {
    if (fact.kind === 'in-order') places.set(fact.number, fact);
    if (fact.kind !== 'delete-began' && fact.kind !== 'received') return [];
    const at = places.get(fact.number);
    if (at === undefined) return [];
    const seen = groups.get(at.group) ?? { deleting: new Set(), first: 0, receive: -1, together: new Set() };
    groups.set(at.group, seen);
    if (fact.kind === 'delete-began') seen.deleting.add(at.place);
    else if (seen.receive !== fact.receive) seen.together = new Set();
    while (seen.deleting.delete(seen.first)) seen.first += 1;
    if (fact.kind === 'delete-began') return [];
    seen.receive = fact.receive;
    seen.together.add(at.place);
    const before = Array.from(
      { length: Math.max(0, at.place - seen.first) },
      (_, index) => seen.first + index,
    );
    const missing = before.find((place) => !seen.deleting.has(place) && !seen.together.has(place));
    return missing === undefined ? [] : [`message ${fact.number} came before place ${missing} of its group`];
  });
}

/** What has been seen of a group: every place before `first` is being deleted. */
interface GroupSeen {
  readonly deleting: Set<number>;
  first: number;
  receive: number;
  /** Places that the last receive brought. */
  together: Set<number>;
}

/** After a drain the platform says of every queue that it is empty. */
function miscounted(journal: Journal): string[] {
  return journal.flatMap((fact) =>
    fact.kind === 'drained'
      ? Object.entries(fact.left)
          .filter(([, count]) => count !== 0)
          .map(([queue, count]) => `${queue} was drained and says that it holds ${count}`)
      : [],
  );
}

function numbersOf(journal: Journal, kind: Fact['kind']): Set<number> {
  return new Set(journal.flatMap((fact) => (fact.kind === kind && 'number' in fact ? [fact.number] : [])));
}
