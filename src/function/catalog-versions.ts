import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Alias } from './aliases.ts';
import type { FunctionRecords } from './function-records.ts';
import { functionKeyText, type FunctionKey, type FunctionRecord, type Provisioned } from './function.ts';
import type { FunctionListener, NoSuchFunction, RevisionMismatch } from './functions.ts';
import type { Named, NamedRecords } from './named-records.ts';
import type { Turns } from './turns.ts';
import type { NoSuchVersion, OtherCode, PublishRequest, VersionInUse, Versions } from './versions.ts';

/** What {@link CatalogVersions} works with; the turns are those of the functions. */
export interface CatalogVersionsParts {
  readonly functions: FunctionRecords;
  readonly aliases: NamedRecords<Alias>;
  /** What belongs to a version or alias of a function and goes with it. */
  readonly ofQualifiers: readonly NamedRecords<Named>[];
  readonly turns: Turns;
  readonly clock: Clock;
  readonly random: Random;
  /** Gets code ready that is not yet. */
  readonly prepare: (record: FunctionRecord) => void;
  /** Frees code that nothing runs any more. */
  readonly forget: (record: FunctionRecord) => Promise<void>;
  readonly told: (call: (listener: FunctionListener) => void) => void;
}

/** Versions as catalog records beside those of their functions. */
export class CatalogVersions implements Versions {
  readonly #parts: CatalogVersionsParts;

  constructor(parts: CatalogVersionsParts) {
    this.#parts = parts;
  }

  publish(
    key: FunctionKey,
    request: PublishRequest,
  ): Promise<Result<FunctionRecord, NoSuchFunction | RevisionMismatch | OtherCode>> {
    return this.#parts.turns.take(functionKeyText(key), async () => {
      const latest = this.#parts.functions.get(key);
      if (latest === undefined) return failed({ kind: 'no-such-function', function: key });
      if (request.revisionId !== undefined && request.revisionId !== latest.revisionId)
        return failed({ kind: 'revision-mismatch' });
      const { sha256 } = latest.package;
      if (request.sha256 !== undefined && request.sha256 !== sha256)
        return failed({ kind: 'other-code', sha256 });
      const last = this.of(key).at(-1);
      return ok(last !== undefined && isSame(last, latest) ? last : await this.#publish(latest, request));
    });
  }

  of(key: FunctionKey): readonly FunctionRecord[] {
    return this.#parts.functions.versionsOf(key);
  }

  provision(
    key: FunctionKey,
    version: string,
    wanted: Provisioned | undefined,
  ): Promise<Result<FunctionRecord, NoSuchVersion>> {
    const { functions, turns, clock, told } = this.#parts;
    return turns.take(functionKeyText(key), async () => {
      const before = functions.get(key, version);
      if (before === undefined) return failed({ kind: 'no-such-version', function: key, version });
      const { provisioned: _, ...rest } = before;
      const modifiedAtMs = clock.nowMs();
      const now = wanted === undefined ? rest : { ...rest, provisioned: { ...wanted, modifiedAtMs } };
      await functions.put(now);
      told((listener) => listener.changed?.(now, before));
      return ok(now);
    });
  }

  delete(key: FunctionKey, version: string): Promise<Result<void, NoSuchVersion | VersionInUse>> {
    return this.#parts.turns.take(functionKeyText(key), async () => {
      const record = this.#parts.functions.get(key, version);
      if (record === undefined) return failed({ kind: 'no-such-version', function: key, version });
      const user = this.#parts.aliases
        .of(key)
        .find(({ settings }) => settings.version === version || settings.additional?.version === version);
      if (user !== undefined) return failed({ kind: 'version-in-use', alias: user.name });
      await this.remove(record);
      return ok(undefined);
    });
  }

  /** In a turn of its function: the version goes, whoever names it. */
  async remove(record: FunctionRecord): Promise<void> {
    await this.#parts.functions.remove(record);
    for (const records of this.#parts.ofQualifiers) await records.removeNamed(record.key, record.version);
    this.#parts.told((listener) => listener.versionDeleted?.(record));
    await this.#parts.forget(record);
  }

  /** The number is used up first: a kill in between leaves a gap, never a number given twice. */
  async #publish(latest: FunctionRecord, { description }: PublishRequest): Promise<FunctionRecord> {
    const { functions, random, clock, prepare } = this.#parts;
    const { reservedConcurrency: _, lastVersion = 0, ...rest } = latest;
    const number = lastVersion + 1;
    await functions.put({ ...latest, lastVersion: number });
    const settings = description === undefined ? rest.settings : { ...rest.settings, description };
    const ofLatest = description !== undefined && { publishedFrom: rest.settings.description };
    const record = {
      ...{ ...rest, settings, ...ofLatest, version: String(number), revisionId: random.uuid() },
      modifiedAtMs: clock.nowMs(),
    };
    await functions.put(record);
    if (record.state.kind !== 'active') prepare(record);
    return record;
  }
}

/** Tags and who signs do not make a version another one, nor does a description that it was published with (AWS publishes none when nothing else has changed). */
function isSame(version: FunctionRecord, latest: FunctionRecord): boolean {
  const { tags, description: shown, codeSigningArn: _, ...settings } = version.settings;
  const { codeSigningArn: __, ...ofLatest } = latest.settings;
  const description = version.publishedFrom ?? shown;
  return (
    version.package.sha256 === latest.package.sha256 &&
    isDeepStrictEqual({ ...settings, description, tags }, { ...ofLatest, tags })
  );
}
