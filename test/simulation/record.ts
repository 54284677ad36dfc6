import type { Call, Fact, Handed, Operation } from './history.ts';

/** A message in the hands of a receiver. */
export interface Sighting {
  readonly receive: Operation<'receive'>;
  readonly queue: string;
  readonly handed: Handed;
  /** The place in its receive. */
  readonly index: number;
}

/** The history of one run of the simulation, with what the checkers look for at hand. It knows nothing of how it came about. */
export class Record {
  readonly facts: readonly Fact[];
  readonly operations: readonly Operation[];
  readonly sightings: readonly Sighting[];
  /** Where the last receives begin, and where every queue is empty. */
  readonly drainAt: number;
  readonly drainedAt: number;
  readonly #ends: readonly number[];

  constructor(facts: readonly Fact[]) {
    this.facts = facts;
    this.operations = operationsOf(facts);
    this.sightings = this.of('receive').flatMap(sightingsOf);
    this.#ends = facts.flatMap((fact, at) => (fact.kind === 'ended' ? [at] : []));
    this.drainAt = facts.findIndex(({ kind }) => kind === 'drain');
    this.drainedAt = facts.findIndex(({ kind }) => kind === 'drained');
  }

  /** All operations of a kind, in the order in which they began. */
  of<Kind extends Call['kind']>(kind: Kind): Operation<Kind>[] {
    return this.operations.filter((each): each is Operation<Kind> => each.call.kind === kind);
  }

  /** What was left when all was over, queue by queue. */
  get left(): readonly Sighting[] {
    return this.sightings.filter(
      ({ receive: { beganAt } }) => beganAt > this.drainAt && beganAt < this.drainedAt,
    );
  }

  /** True when the platform ended between two places. */
  hasEnded(fromAt: number, toAt: number): boolean {
    return this.#ends.some((at) => at > fromAt && at < toAt);
  }

  /** True when the disk was ill at some time between two places. */
  wasIll(fromAt: number, toAt: number): boolean {
    let isIll = false;
    for (const [at, fact] of this.facts.entries()) {
      if (at > toAt) break;
      if (fact.kind === 'disk') isIll = fact.state === 'ill';
      if (isIll && at >= fromAt) return true;
    }
    return isIll;
  }

  /** True when a purge or a deletion of a queue of the family may have taken effect between two places. */
  mayBeWiped(queue: string, fromAt: number, toAt: number): boolean {
    return this.operations.some((operation) => {
      const { call, beganAt, answeredAt } = operation;
      const wipes = call.kind === 'purge' || call.kind === 'delete';
      const isIt = wipes && familyOf(call.queue) === familyOf(queue) && mayHaveHappened(operation);
      return isIt && beganAt < toAt && answeredAt > fromAt;
    });
  }

  /** True when a queue of the family was ever asked to go. */
  wasDeleted(queue: string): boolean {
    return this.of('delete').some(({ call }) => familyOf(call.queue) === familyOf(queue));
  }

  /** What the queue was created with. */
  settingsOf(queue: string): Operation<'create'>['call']['settings'] {
    return this.of('create').find(({ call }) => call.queue === queue)?.call.settings ?? {};
  }

  /** How long the queues of the family keep messages at the least. */
  retentionMs(queue: string): number {
    const family = this.of('create').filter(({ call }) => familyOf(call.queue) === familyOf(queue));
    return Math.min(...family.map(({ call }) => call.settings.retentionMs ?? Infinity));
  }
}

/** A queue and the queue of its dead letters are one family: messages move between them. */
export function familyOf(queue: string): string {
  return queue.replace('-dead', '');
}

/** True unless the client was told that nothing was done. */
export function mayHaveHappened({ answer }: Operation): boolean {
  return answer?.ok !== false;
}

function sightingsOf(receive: Operation<'receive'>): Sighting[] {
  const { answer, call } = receive;
  if (answer?.ok !== true) return [];
  return (answer.handed ?? []).map((handed, index) => ({ receive, queue: call.queue, handed, index }));
}

function operationsOf(facts: readonly Fact[]): Operation[] {
  const all = new Map<number, Operation>();
  for (const [at, fact] of facts.entries()) {
    if (fact.kind === 'began') {
      const { operation: number, call, run, nowMs } = fact;
      const unanswered = { answeredAt: Infinity, answeredMs: Infinity, answer: undefined };
      all.set(number, { number, call, run, beganAt: at, beganMs: nowMs, ...unanswered });
    }
    if (fact.kind !== 'answered') continue;
    const begun = all.get(fact.operation);
    const answered = { answeredAt: at, answeredMs: fact.nowMs, answer: fact.answer };
    if (begun !== undefined) all.set(fact.operation, { ...begun, ...answered });
  }
  return [...all.values()];
}
