import { failed, ok, type Result } from '../base/result.ts';
import type { ChangeFailure, FunctionChanges } from './function-changes.ts';
import type { FunctionKey, FunctionRecord, FunctionSettings, FunctionState } from './function.ts';
import type { NoSuchFunction, PackageRefused } from './functions.ts';
import { keptHashes, type KeptCode } from './kept-code.ts';
import type { Preparation } from './preparation.ts';
import { tooLargeTogether } from './size-together.ts';

/** What {@link SettingsChanges} works with. */
export interface SettingsChangesParts {
  readonly changes: FunctionChanges;
  readonly preparation: Preparation;
  readonly kept: KeptCode;
}

/** Changes of all that is set of a function. Its settings make its revision; what is ruled around it does not. */
export class SettingsChanges {
  readonly #parts: SettingsChangesParts;

  constructor(parts: SettingsChangesParts) {
    this.#parts = parts;
  }

  change(
    key: FunctionKey,
    change: Partial<FunctionSettings>,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, ChangeFailure | PackageRefused>> {
    const { changes, preparation, kept } = this.#parts;
    return changes.inTurn(key, async () => {
      const before = changes.changeable(key, revisionId);
      if (!before.ok) return before;
      const settings = { ...before.value.settings, ...change };
      const tooLarge = tooLargeTogether(settings, before.value.package.unpackedBytes ?? 0);
      if (tooLarge !== undefined) return failed(tooLarge);
      const otherRuntime = settings.runtime !== before.value.settings.runtime;
      const state: FunctionState = otherRuntime ? { kind: 'pending' } : before.value.state;
      const now = await changes.revise(before.value, { settings, state });
      if (otherRuntime) preparation.begin(now);
      await kept.forget(keptHashes(before.value));
      return ok(now);
    });
  }

  reserve(
    key: FunctionKey,
    concurrency: number | undefined,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#parts.changes.adjust(key, ({ reservedConcurrency: _, ...rest }) =>
      concurrency === undefined ? rest : { ...rest, reservedConcurrency: concurrency },
    );
  }

  tag(
    key: FunctionKey,
    tags: Readonly<Record<string, string>>,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#parts.changes.adjust(key, (before) => ({
      ...before,
      settings: { ...before.settings, tags },
    }));
  }

  setCodeSigning(
    key: FunctionKey,
    codeSigningArn: string | undefined,
  ): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#parts.changes.adjust(key, ({ settings: { codeSigningArn: _, ...rest }, ...before }) => ({
      ...before,
      settings: codeSigningArn === undefined ? rest : { ...rest, codeSigningArn },
    }));
  }

  allowLoops(key: FunctionKey, isAllowed: boolean): Promise<Result<FunctionRecord, NoSuchFunction>> {
    return this.#parts.changes.adjust(key, ({ allowsLoops: _, ...rest }) =>
      isAllowed ? { ...rest, allowsLoops: true } : rest,
    );
  }
}
