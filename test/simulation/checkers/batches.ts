import type { Handed, Violation } from '../history.ts';
import { invocationsOf, overAt, type Invocation } from '../invocations.ts';
import type { Record } from '../record.ts';
import { sendsMade } from './sends.ts';

/** What a function is given of its queue: everything, in order, in one batch at a time, not again once done, and the innocent uncounted. */
export function batches(record: Record): Violation[] {
  const given = new Given(record);
  return [...given.lost(), ...given.inTwo(), ...given.again(), ...given.passedOver(), ...given.counted()];
}

class Given {
  readonly #record: Record;
  readonly #invocations: readonly Invocation[];
  readonly #limits: { readonly reportsFailures: boolean; readonly maxReceiveCount: number };

  constructor(record: Record) {
    this.#record = record;
    this.#invocations = invocationsOf(record.facts).filter(({ messages }) => messages.length > 0);
    const limits = record.facts.find((fact) => fact.kind === 'limits');
    this.#limits = limits ?? { reportsFailures: true, maxReceiveCount: Infinity };
  }

  /** A message that was acknowledged is done, or a dead letter. */
  lost(): Violation[] {
    const dead = new Set(this.#record.left.map(({ handed }) => handed.id));
    return sendsMade(this.#record).flatMap(({ id, entry: { body } }) => {
      if (id === undefined || dead.has(id) || this.#doneAt(id) < Infinity) return [];
      return [violation(`${body} was accepted, and is neither done nor a dead letter`, body)];
    });
  }

  /** The lease of a standard queue may be lost when the disk is full. */
  inTwo(): Violation[] {
    return this.#invocations.flatMap((invocation, index) =>
      this.#invocations.slice(0, index).flatMap((before) => {
        if (before.run !== invocation.run || this.#record.wasIll(0, invocation.beganAt)) return [];
        if (overAt(this.#record.facts, before) < invocation.beganAt) return [];
        const both = invocation.messages.find(({ id }) => before.messages.some((other) => other.id === id));
        return both === undefined ? [] : [violation(`${both.body} is in two batches at once`, both.body)];
      }),
    );
  }

  /** What is done does not come again, unless the platform ended before that was durable. */
  again(): Violation[] {
    return this.#invocations.flatMap(({ messages, beganAt }) =>
      messages.flatMap(({ id, body }) => {
        const doneAt = this.#doneAt(id);
        if (doneAt > beganAt || this.#wasDisturbed(doneAt, beganAt)) return [];
        return [violation(`${body} was done and comes again`, body)];
      }),
    );
  }

  /** FIFO: a message comes when all earlier ones of its group are done or dead. */
  passedOver(): Violation[] {
    const dead = new Set(this.#record.left.map(({ handed }) => handed.id));
    const known = new Map<string, Handed>();
    for (const { messages } of this.#invocations) for (const each of messages) known.set(each.id, each);
    return this.#invocations.flatMap(({ messages, beganAt }) =>
      messages.flatMap((message, index) => {
        const { groupId, sequenceNumber = '' } = message;
        if (groupId === undefined) return [];
        const missed = [...known.values()].find(
          (other) =>
            other.groupId === groupId &&
            (other.sequenceNumber ?? '') < sequenceNumber &&
            !dead.has(other.id) &&
            this.#doneAt(other.id) > beganAt &&
            !messages.slice(0, index).some(({ id }) => id === other.id),
        );
        if (missed === undefined) return [];
        return [violation(`${message.body} comes before ${missed.body} of its group`, message.body)];
      }),
    );
  }

  /** A failure counts for a message that failed alone, or of which its function said that it failed. */
  counted(): Violation[] {
    const seen = this.#invocations.flatMap(({ messages, beganAt }) =>
      messages.map((message) => ({ message, at: beganAt, most: message.receiveCount - 1 })),
    );
    const { maxReceiveCount } = this.#limits;
    const dead = this.#record.left
      .filter(({ queue }) => queue.includes('-dead'))
      .map(({ handed }) => ({ message: handed, at: this.#record.drainAt, most: maxReceiveCount }));
    return [...seen, ...dead].flatMap(({ message: { id, body, groupId }, at, most }) => {
      // What stands behind a failed message of its group is handed back with it.
      if (groupId !== undefined || this.#record.wasIll(0, at)) return [];
      const reasons = this.#failures(id, at) + this.#disturbances(at);
      if (most <= reasons) return [];
      return [violation(`${body} counts ${most} failures, and has had ${reasons} at most`, body)];
    });
  }

  #failures(id: string, at: number): number {
    return this.#invocations.filter(({ messages, endedAt, how, failed }) => {
      if (endedAt > at || !messages.some((message) => message.id === id)) return false;
      if (how === 'failed') return true;
      if (how === 'answered') return this.#limits.reportsFailures && failed.includes(id);
      return messages.length === 1;
    }).length;
  }

  /** What may hand a message back although it has not failed. */
  #disturbances(at: number): number {
    return this.#record.facts.filter((fact, index) => {
      if (index >= at) return false;
      if (fact.kind === 'environment') return fact.what === 'start failed';
      if (fact.kind === 'began') return fact.call.kind === 'enable' && !fact.call.isEnabled;
      return fact.kind === 'ended';
    }).length;
  }

  #doneAt(id: string): number {
    const done = this.#invocations.find(
      ({ messages, how, failed }) =>
        how === 'answered' &&
        messages.some((message) => message.id === id) &&
        !(this.#limits.reportsFailures && failed.includes(id)),
    );
    return done?.endedAt ?? Infinity;
  }

  #wasDisturbed(fromAt: number, toAt: number): boolean {
    return this.#record.hasEnded(fromAt, toAt) || this.#record.wasIll(0, toAt);
  }
}

function violation(sentence: string, body: string): Violation {
  return { checker: 'batches', sentence, bodies: [body] };
}
