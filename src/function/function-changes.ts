import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { FunctionListeners } from './function-listeners.ts';
import type { FunctionRecords } from './function-records.ts';
import {
  functionKeyText,
  LATEST,
  type FunctionKey,
  type FunctionPackage,
  type FunctionRecord,
  type FunctionSettings,
} from './function.ts';
import type { NoSuchFunction, RevisionMismatch } from './functions.ts';
import type { Turns } from './turns.ts';

/** What {@link FunctionChanges} works with. */
export interface FunctionChangesParts {
  readonly records: FunctionRecords;
  readonly listeners: FunctionListeners;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly random: Random;
}

/** Why a function cannot be changed as asked. */
export type ChangeFailure = NoSuchFunction | RevisionMismatch;

/** How the record of a function changes: in its turn, durable first, then told. */
export class FunctionChanges {
  readonly #parts: FunctionChangesParts;

  constructor(parts: FunctionChangesParts) {
    this.#parts = parts;
  }

  /** Changes to one function happen one by one, in the order in which they were asked for. */
  inTurn<Outcome>(key: FunctionKey, work: () => Promise<Outcome>): Promise<Outcome> {
    return this.#parts.turns.take(functionKeyText(key), work);
  }

  /** `$LATEST` of a function, if it is there, in the revision that is named if one is. */
  changeable(key: FunctionKey, revisionId?: string): Result<FunctionRecord, ChangeFailure> {
    const record = this.#parts.records.get(key);
    if (record === undefined) return failed({ kind: 'no-such-function', function: key });
    const isOther = revisionId !== undefined && revisionId !== record.revisionId;
    return isOther ? failed({ kind: 'revision-mismatch' }) : ok(record);
  }

  /** In a turn of the function: its first revision, `pending`. The caller tells of it. */
  async enter(key: FunctionKey, settings: FunctionSettings, code: FunctionPackage): Promise<FunctionRecord> {
    const { records, clock, random } = this.#parts;
    const nowMs = clock.nowMs();
    const first: FunctionRecord = {
      ...{ key, settings, package: code, version: LATEST, revisionId: random.uuid() },
      ...{ createdAtMs: nowMs, modifiedAtMs: nowMs, state: { kind: 'pending' } },
    };
    await records.put(first);
    return first;
  }

  /** In a turn of the function: its next revision. */
  async revise(before: FunctionRecord, change: Partial<FunctionRecord>): Promise<FunctionRecord> {
    const { clock, random } = this.#parts;
    const revisionId = random.uuid();
    return this.#put({ ...before, ...change, revisionId, modifiedAtMs: clock.nowMs() }, before);
  }

  /** Changes what holds around a function and leaves its revision as it is: environments that run are as good as before. */
  adjust(
    key: FunctionKey,
    change: (before: FunctionRecord) => FunctionRecord,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.inTurn(key, async () => {
      const before = this.#parts.records.get(key);
      if (before === undefined) return failed({ kind: 'no-such-function', function: key });
      return ok(await this.#put(change(before), before));
    });
  }

  async #put(now: FunctionRecord, before: FunctionRecord): Promise<FunctionRecord> {
    const { records, listeners } = this.#parts;
    await records.put(now);
    listeners.tell((listener) => listener.changed?.(now, before));
    return now;
  }
}
