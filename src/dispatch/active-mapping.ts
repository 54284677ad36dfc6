import { Dispatcher } from './dispatcher.ts';
import { MappingFeed } from './mapping-feed.ts';
import { writeMapping, type MappingRecord } from './mapping-record.ts';
import type { Mapping } from './mappings.ts';
import type { DispatchPorts } from './ports.ts';

/** A mapping at work: its record as it is now, and the dispatcher that runs while it is enabled. */
export class ActiveMapping {
  readonly #ports: DispatchPorts;
  #record: MappingRecord;
  #dispatcher: Dispatcher | undefined;
  #changes: Promise<void> = Promise.resolve();
  readonly #drains = new Map<Dispatcher, Promise<void>>();
  #lastResult = 'No records processed';

  constructor(ports: DispatchPorts, record: MappingRecord) {
    this.#ports = ports;
    this.#record = record;
    this.#follow();
  }

  get record(): MappingRecord {
    return this.#record;
  }

  /** The mapping as its owner sees it; `state` overrides what it is for the answer to a change. */
  view(state: Mapping['state'] = this.#state()): Mapping {
    const { uuid, source, function: target, settings, tags, modifiedAtMs } = this.#record;
    const lastProcessingResult = this.#lastResult;
    const pace = this.#dispatcher?.pace;
    return {
      ...{ uuid, source, function: target, settings, tags, modifiedAtMs, state, lastProcessingResult },
      ...(pace !== undefined && { pace }),
    };
  }

  /**
   * Replaces the record by what `make` makes of it, durably; one change after the other, so that none overwrites
   * another. Dispatch follows from the next batch on.
   */
  change(make: (record: MappingRecord) => MappingRecord): Promise<void> {
    const change = this.#changes.then(async () => {
      const record = make(this.#record);
      await writeMapping(this.#ports.catalog, record);
      this.#record = record;
      this.#follow();
    });
    this.#changes = change.catch(() => undefined);
    return change;
  }

  /** Its queue or function has come, changed or gone. */
  wake(): void {
    this.#dispatcher?.wake();
  }

  /** Takes nothing more and resolves when the last running batch has ended. */
  async drain(): Promise<void> {
    const dispatcher = this.#dispatcher;
    if (dispatcher !== undefined) {
      this.#dispatcher = undefined;
      this.#drains.set(
        dispatcher,
        dispatcher.drain().finally(() => this.#drains.delete(dispatcher)),
      );
    }
    await Promise.all(this.#drains.values());
  }

  /** After a drain that took too long: what fails from now on fails because the platform stops. */
  abandon(): void {
    for (const dispatcher of this.#drains.keys()) dispatcher.abandon();
  }

  #follow(): void {
    const wanted = this.#record.settings.enabled && !this.#record.deleting;
    if (!wanted) void this.drain(); // A dispatcher's drain never rejects: its batches tell their own trouble.
    else if (this.#dispatcher === undefined) this.#start();
    else this.#dispatcher.wake();
  }

  #start(): void {
    const feed = new MappingFeed(
      this.#ports,
      () => this.#record,
      (result) => {
        this.#lastResult = result;
      },
    );
    this.#dispatcher = new Dispatcher(this.#ports, feed);
  }

  #state(): Mapping['state'] {
    if (this.#record.deleting) return 'Deleting';
    if (!this.#record.settings.enabled) return this.#drains.size > 0 ? 'Disabling' : 'Disabled';
    return this.#ports.functions.resolve(this.#record.function) === undefined ? 'Disabled' : 'Enabled';
  }
}
