import type { Operation, Violation } from '../history.ts';
import { invocationsOf, type Invocation } from '../invocations.ts';
import type { Record } from '../record.ts';

/** A failed event is tried again after this time at the earliest. */
const FIRST_RETRY_MS = 60_000;

/** No time passes in a simulation that is longer than this while the disk has something to do. */
const LONGEST_UNWRITTEN_MS = 600;

/** What a destination was told of an event. */
interface Told {
  readonly requestId: string;
  readonly condition: string;
}

/** Every asynchronous event that was accepted comes to one end, which is told, after as many tries as it may have. */
export function events(record: Record): Violation[] {
  const invocations = invocationsOf(record.facts).filter(({ event }) => event !== undefined);
  const told = record.left.filter(({ queue }) => queue === 'ends').map(({ handed }) => toldBy(handed.body));
  return record.of('post').flatMap((post) => {
    const { requestId } = post.call;
    const mine = invocations.filter((invocation) => invocation.requestId === requestId);
    const ends = told.filter((each) => each.requestId === requestId);
    return [...ended(record, post, mine, ends), ...tried(record, post, mine)];
  });
}

function ended(
  record: Record,
  post: Operation<'post'>,
  mine: readonly Invocation[],
  ends: readonly Told[],
): Violation[] {
  const { event } = post.call;
  const isDisturbed = disturbances(record, post.beganAt) > 0;
  if (post.answer?.ok === true && ends.length === 0)
    return [violation(`the end of event ${event} is told to nobody`)];
  if (post.answer?.ok === false && mine.length > 0)
    return [violation(`event ${event} was refused and is run`)];
  if (ends.length > 1 && !isDisturbed)
    return [violation(`the end of event ${event} is told ${ends.length} times`)];
  const answered = mine.find(({ how }) => how === 'answered');
  return ends.flatMap(({ condition }) => {
    if (condition === 'Success' && answered === undefined)
      return [violation(`event ${event} is told as a success, and was never answered`)];
    if (condition !== 'Success' && answered !== undefined && !isDisturbed)
      return [violation(`event ${event} was answered, and is told as ${condition}`)];
    return [];
  });
}

function tried(
  record: Record,
  { call: { event }, beganAt }: Operation<'post'>,
  mine: readonly Invocation[],
): Violation[] {
  const limits = record.facts.find((fact) => fact.kind === 'limits');
  const most = 1 + (limits?.retries ?? 2) + disturbances(record, beganAt);
  if (mine.length > most)
    return [violation(`event ${event} is tried ${mine.length} times, ${most} are allowed`)];
  return mine.slice(1).flatMap((again, index) => {
    const before = mine[index];
    if (before === undefined || record.wasIll(0, again.beganAt) || !isWritten(record, before)) return [];
    if (again.beganMs >= before.endedMs + FIRST_RETRY_MS) return [];
    return [violation(`event ${event} is tried again ${again.beganMs - before.endedMs} ms after it failed`)];
  });
}

/** True when the failure of an invocation was durable before its run ended: some time went by. */
function isWritten({ facts }: Record, { endedAt, endedMs }: Invocation): boolean {
  const end = facts.find((fact, at) => at > endedAt && fact.kind === 'ended');
  return endedMs < Infinity && (end === undefined || end.nowMs > endedMs + LONGEST_UNWRITTEN_MS);
}

/** How often the platform ended since, or the disk was ill: what was not durable then is done again. */
function disturbances({ facts }: Record, fromAt: number): number {
  const calmAt = facts.findIndex(({ kind }) => kind === 'calm');
  return facts.slice(fromAt, calmAt).filter(({ kind }) => kind === 'ended' || kind === 'disk').length;
}

function toldBy(body: string): Told {
  const { requestContext } = JSON.parse(body) as { readonly requestContext: Told };
  return requestContext;
}

function violation(sentence: string): Violation {
  return { checker: 'events', sentence };
}
