import type { MessageId, ReceiptHandle } from '../../src/base/ids.ts';
import type { Result } from '../../src/base/result.ts';
import type { Delivery } from '../../src/message/message.ts';
import type { Answer, Call, Handed } from './history.ts';
import { keyOf } from './setting.ts';
import type { World } from './world.ts';

/** Receipts that clients keep at most, of each queue. */
const KEPT = 30;

/** Everybody who asks the platform for something. They outlive it, and remember what they were given. */
export class Clients<Rooms = undefined> {
  readonly #world: World<Rooms>;
  readonly #more: (call: Call) => Promise<Answer>;
  readonly #handed = new Map<string, Handed[]>();
  readonly #tasks = new Map<string, string>();
  readonly #pending = new Set<number>();
  #operations = 0;

  /** `more` asks what the broker alone does not know. */
  constructor(world: World<Rooms>, more: (call: Call) => Promise<Answer> = notKnown) {
    this.#world = world;
    this.#more = more;
  }

  /** Messages in somebody's hands, newest last; many of them are stale. */
  handedOf(queue: string): readonly Handed[] {
    return this.#handed.get(queue) ?? [];
  }

  /** The last move task of a queue. */
  taskOf(queue: string): string | undefined {
    return this.#tasks.get(queue);
  }

  /** Operations that nobody has answered, in this run of the platform. */
  get pending(): ReadonlySet<number> {
    return this.#pending;
  }

  /** Nobody who waited will be answered. */
  forgetPending(): void {
    this.#pending.clear();
  }

  /** Asks, and writes down what is answered while the platform that was asked is there. */
  async ask(call: Call): Promise<Answer | undefined> {
    const { platform } = this.#world;
    this.#operations += 1;
    const operation = this.#operations;
    this.#pending.add(operation);
    this.#world.note({ kind: 'began', operation, call });
    let answer: Answer;
    try {
      answer = await this.#do(call);
    } catch (error) {
      if (!platform.isAlive) return undefined;
      this.#world.note({ kind: 'trouble', what: `operation ${operation} threw: ${String(error)}` });
      return undefined;
    }
    if (!platform.isAlive) return undefined;
    this.#pending.delete(operation);
    this.#world.note({ kind: 'answered', operation, answer });
    this.#remember(call, answer);
    return answer;
  }

  async #do(call: Call): Promise<Answer> {
    const { broker } = this.#world.platform;
    const key = keyOf(call.queue);
    const receipts = 'handed' in call ? call.handed.map(({ receipt }) => receipt as ReceiptHandle) : [];
    switch (call.kind) {
      case 'create':
        return toAnswer(await broker.create(key, call.settings, {}));
      case 'delete':
        return toAnswer(await broker.delete(key));
      case 'change':
        return toAnswer(await broker.change(key, call.change));
      case 'tag':
        return toAnswer(await broker.tag(key, { tag: call.value }));
      case 'send': {
        const entries = call.entries.map((entry) => ({ ...entry, attributes: {}, senderId: 'sender' }));
        const sent = await broker.send(key, entries);
        return toAnswer(sent, (value) => ({
          sent: value.map(({ id, sequenceNumber }) => ({ id, ...(sequenceNumber && { sequenceNumber }) })),
        }));
      }
      case 'receive':
        return toAnswer(await broker.receive(key, call), (value) => ({ handed: value.map(handedOf) }));
      case 'settle':
        return toAnswer(await broker.settle(key, receipts), (outcomes) => ({ outcomes }));
      case 'extend': {
        const { visibilityMs } = call;
        const extensions = receipts.map((receipt) => ({ receipt, visibilityMs }));
        return toAnswer(await broker.extend(key, extensions), (outcomes) => ({ outcomes }));
      }
      case 'purge':
        return toAnswer(await broker.purge(key));
      case 'start-move': {
        const { destination, perSecond } = call;
        const order = {
          ...(destination !== undefined && { destination: keyOf(destination) }),
          ...(perSecond !== undefined && { perSecond }),
        };
        return toAnswer(await broker.moves.start(key, order), ({ id }) => ({ task: id }));
      }
      case 'cancel-move':
        return toAnswer(await broker.moves.cancel(key, call.id));
      case 'post':
      case 'enable':
        return this.#more(call);
    }
  }

  #remember(call: Call, answer: Answer): void {
    if (!answer.ok) return;
    if (answer.task !== undefined) this.#tasks.set(call.queue, answer.task);
    if (answer.handed !== undefined)
      this.#handed.set(call.queue, [...this.handedOf(call.queue), ...answer.handed].slice(-KEPT));
  }
}

function notKnown({ kind }: Call): Promise<Answer> {
  throw new Error(`nobody is asked to ${kind}`);
}

/** What a result says, as an answer. */
export function toAnswer<Value>(
  result: Result<Value, { readonly kind: string }>,
  said: (value: Value) => Partial<Extract<Answer, { ok: true }>> = () => ({}),
): Answer {
  return result.ok ? { ok: true, ...said(result.value) } : { ok: false, failure: result.failure.kind };
}

function handedOf({ message, receipt, receiveCount }: Delivery): Handed {
  const { body, id, groupId, sequenceNumber } = message;
  return {
    ...{ body, id: id satisfies MessageId, receipt, receiveCount },
    ...(groupId !== undefined && { groupId }),
    ...(sequenceNumber !== undefined && { sequenceNumber }),
  };
}
