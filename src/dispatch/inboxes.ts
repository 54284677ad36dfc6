import { failed, ok, type Result } from '../base/result.ts';
import type { NoSuchQueue, Unavailable } from '../broker/broker.ts';
import { functionKeyText, type FunctionKey } from '../function/function.ts';
import { inboxKey, sealEvent, type AsyncEvent } from '../function/inbox.ts';
import { Destinations } from './destination.ts';
import { Dispatcher } from './dispatcher.ts';
import { InboxFeed } from './inbox-feed.ts';
import type { DispatchPorts } from './ports.ts';
import { withinStopGrace } from './stop-grace.ts';

const COLLECTION = 'inboxes';

/** Events are kept for as long as a queue keeps anything; their own age limit is shorter. */
const INBOX_RETENTION_MS = 1_209_600_000;

/**
 * The inboxes of all functions: each comes with its function, or with the first event for it, and goes with it. The
 * catalog names an inbox before its queue exists and until its queue is gone, so that a kill between two steps heals
 * at the next start.
 */
export class Inboxes implements AsyncDisposable {
  readonly #ports: DispatchPorts;
  readonly #destinations: Destinations;
  readonly #dispatchers = new Map<string, Dispatcher>();
  /** The steps of one inbox, one after the other. */
  readonly #steps = new Map<string, Promise<void>>();
  #endListening: () => void = () => undefined;

  private constructor(ports: DispatchPorts) {
    this.#ports = ports;
    this.#destinations = new Destinations(ports, (target, event, senderId) =>
      this.post(target, event, senderId),
    );
  }

  /** Goes on with what the data directory holds. */
  static async open(ports: DispatchPorts): Promise<Inboxes> {
    const inboxes = new Inboxes(ports);
    for (const record of await ports.catalog.list(COLLECTION)) {
      const { key, createdAtMs } = JSON.parse(record.value) as InboxRecord;
      // A function created anew meanwhile must not get the events of the former one.
      if (ports.functions.get(key)?.createdAtMs !== createdAtMs) await inboxes.#remove(key);
      else await inboxes.#open(key);
    }
    inboxes.#endListening = ports.functions.listen({
      created: (created) =>
        inboxes.#inBackground(created.key, async () => void (await inboxes.#open(created.key))),
      changed: (now) => inboxes.#dispatchers.get(functionKeyText(now.key))?.wake(),
      deleted: (gone) => inboxes.#inBackground(gone.key, () => inboxes.#remove(gone.key)),
    });
    return inboxes;
  }

  /** Keeps the event for the function, which exists; when this answers with success the event is synced to disk. */
  async post(
    key: FunctionKey,
    event: AsyncEvent,
    senderId: string,
  ): Promise<Result<void, NoSuchQueue | Unavailable>> {
    const entry = { ...sealEvent(event), senderId };
    const first = await this.#ports.broker.send(inboxKey(key), [entry]);
    if (first.ok) return ok(undefined);
    if (first.failure.kind !== 'no-such-queue') return failed(first.failure);
    const opening: { refused?: Unavailable } = {};
    await this.#next(key, async () => {
      const refused = await this.#open(key);
      if (refused !== undefined) opening.refused = refused;
    });
    if (opening.refused !== undefined) return failed(opening.refused);
    const second = await this.#ports.broker.send(inboxKey(key), [entry]);
    return second.ok ? ok(undefined) : second;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endListening();
    await Promise.all(this.#steps.values());
    const drains = [...this.#dispatchers.values()].map((dispatcher) => dispatcher.drain());
    await withinStopGrace(this.#ports.clock, drains);
    for (const dispatcher of this.#dispatchers.values()) dispatcher.abandon();
  }

  /** Answers why the inbox could not be made now, though it may be later. */
  async #open(key: FunctionKey): Promise<Unavailable | undefined> {
    const text = functionKeyText(key);
    const target = this.#ports.functions.get(key);
    if (target === undefined || this.#dispatchers.has(text)) return undefined;
    const record: InboxRecord = { key, createdAtMs: target.createdAtMs };
    await this.#ports.catalog.put(COLLECTION, { name: text, value: JSON.stringify(record) });
    const created = await this.#ports.broker.create(inboxKey(key), { retentionMs: INBOX_RETENTION_MS }, {});
    if (created.ok) {
      const feed = new InboxFeed(this.#ports, key, this.#destinations);
      this.#dispatchers.set(text, new Dispatcher(this.#ports, feed));
      return undefined;
    }
    const { failure } = created;
    this.#trouble(key, `its inbox was not created: ${failure.kind}`);
    const mayComeLater = failure.kind === 'disk-full' || failure.kind === 'stopping';
    return mayComeLater || failure.kind === 'overloaded' ? { kind: failure.kind } : undefined;
  }

  async #remove(key: FunctionKey): Promise<void> {
    const text = functionKeyText(key);
    const dispatcher = this.#dispatchers.get(text);
    this.#dispatchers.delete(text);
    await this.#ports.broker.delete(inboxKey(key));
    await this.#ports.catalog.remove(COLLECTION, text);
    await dispatcher?.drain();
  }

  /** Runs `step` when the earlier steps of this inbox are over. */
  #next(key: FunctionKey, step: () => Promise<void>): Promise<void> {
    const text = functionKeyText(key);
    const before = this.#steps.get(text) ?? Promise.resolve();
    const stepped = before.then(step).catch((error: unknown) => this.#trouble(key, String(error)));
    const kept = stepped.then(() => {
      if (this.#steps.get(text) === kept) this.#steps.delete(text);
    });
    this.#steps.set(text, kept);
    return kept;
  }

  #inBackground(key: FunctionKey, step: () => Promise<void>): void {
    void this.#next(key, step); // Its failures are told as trouble.
  }

  #trouble(key: FunctionKey, what: string): void {
    this.#ports.tell({ kind: 'trouble', where: `asynchronous events of ${key.name}`, what });
  }
}

interface InboxRecord {
  readonly key: FunctionKey;
  readonly createdAtMs: number;
}
