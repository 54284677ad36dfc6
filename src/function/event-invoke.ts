import { functionKeyText, type FunctionKey } from './function.ts';
import type { NamedRecords } from './named-records.ts';
import type { Turns } from './turns.ts';

/** What becomes of asynchronous events that the function does not handle, and who hears of their end. */
export interface EventInvokeSettings {
  /** How often an event is tried again after the function failed on it: 0 to 2. */
  readonly maximumRetries?: number;
  /** How long an event is kept while it is not handled. */
  readonly maximumEventAgeMs?: number;
  /** ARNs of a queue or function that gets a record of each event's end. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

/** The settings for a function, or for one version or alias of it. */
export interface EventInvoke {
  readonly function: FunctionKey;
  /** The version or alias; `$LATEST` where none was named. */
  readonly name: string;
  readonly settings: EventInvokeSettings;
  readonly modifiedAtMs: number;
}

/** Who finds what holds for an event. */
export interface EventInvokeLookup {
  get(key: FunctionKey, qualifier: string): EventInvoke | undefined;
}

/** Rules for asynchronous events, as catalog records; the turns are those of the functions. Every answer means synced to disk. */
export class EventInvokes implements EventInvokeLookup {
  readonly #records: NamedRecords<EventInvoke>;
  readonly #turns: Turns;

  constructor(records: NamedRecords<EventInvoke>, turns: Turns) {
    this.#records = records;
    this.#turns = turns;
  }

  get(key: FunctionKey, qualifier: string): EventInvoke | undefined {
    return this.#records.get(key, qualifier);
  }

  /** Those of a function, by version or alias. */
  of(key: FunctionKey): readonly EventInvoke[] {
    return this.#records.of(key);
  }

  /** What `change` makes of what is there (undefined: nothing) holds from now on; undefined changes nothing. */
  change(
    { function: key, name, modifiedAtMs }: Omit<EventInvoke, 'settings'>,
    change: (before: EventInvokeSettings | undefined) => EventInvokeSettings | undefined,
  ): Promise<EventInvoke | undefined> {
    return this.#turns.take(functionKeyText(key), async () => {
      const settings = change(this.get(key, name)?.settings);
      if (settings === undefined) return undefined;
      const now = { function: key, name, settings, modifiedAtMs };
      await this.#records.put(now);
      return now;
    });
  }

  /** False when there was nothing. */
  delete(key: FunctionKey, qualifier: string): Promise<boolean> {
    return this.#turns.take(functionKeyText(key), async () => {
      const found = this.get(key, qualifier);
      if (found !== undefined) await this.#records.remove(found);
      return found !== undefined;
    });
  }
}
