import { hash } from 'node:crypto';
import { failed, ok, type Result } from '../base/result.ts';
import type { CodeFolders } from './code-folders.ts';
import type { ChangeFailure, FunctionChanges } from './function-changes.ts';
import type { FunctionListeners } from './function-listeners.ts';
import type { FunctionKey, FunctionRecord, FunctionSettings } from './function.ts';
import type { PackageRefused } from './functions.ts';
import { keptHashes, type KeptCode } from './kept-code.ts';
import type { Preparation } from './preparation.ts';

/** What {@link Uploads} works with. */
export interface UploadsParts {
  readonly changes: FunctionChanges;
  readonly listeners: FunctionListeners;
  readonly preparation: Preparation;
  readonly kept: KeptCode;
  readonly code: CodeFolders;
}

/**
 * New packages of functions. Each is unpacked before the answer, so that a broken one is refused; it is prepared after it, while
 * the function is `pending`.
 */
export class Uploads {
  readonly #parts: UploadsParts;

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  create(
    key: FunctionKey,
    settings: FunctionSettings,
    zip: Uint8Array,
  ): Promise<Result<FunctionRecord, PackageRefused | { readonly kind: 'function-exists' }>> {
    const { changes, listeners, preparation, kept } = this.#parts;
    return changes.inTurn(key, async () => {
      if (changes.changeable(key).ok) return failed({ kind: 'function-exists' });
      const staged = await preparation.stage(zip, settings);
      if (!staged.ok) return staged;
      const { unpackedBytes } = staged.value;
      const record = await kept.with({ bytes: zip, unpackedBytes }, (code) =>
        changes.enter(key, settings, code),
      );
      listeners.tell((listener) => listener.created?.(record));
      preparation.begin(record, staged.value);
      return ok(record);
    });
  }

  replace(
    key: FunctionKey,
    zip: Uint8Array,
    revisionId?: string,
    architecture?: FunctionSettings['architecture'],
  ): Promise<Result<FunctionRecord, ChangeFailure | PackageRefused>> {
    const { changes, preparation, kept } = this.#parts;
    return changes.inTurn(key, async () => {
      const before = changes.changeable(key, revisionId);
      if (!before.ok) return before;
      const settings = { ...before.value.settings, ...(architecture && { architecture }) };
      const staged = await preparation.stage(zip, settings);
      if (!staged.ok) return staged;
      const { unpackedBytes } = staged.value;
      const now = await kept.with({ bytes: zip, unpackedBytes }, (code) =>
        changes.revise(before.value, { settings, package: code, state: { kind: 'pending' } }),
      );
      preparation.begin(now, staged.value);
      await kept.forget(keptHashes(before.value));
      return ok(now);
    });
  }

  /** What {@link replace} would make of the function; nothing changes. */
  async try(
    key: FunctionKey,
    zip: Uint8Array,
    revisionId?: string,
  ): Promise<Result<FunctionRecord, ChangeFailure | PackageRefused>> {
    const { changes, preparation, code } = this.#parts;
    const before = changes.changeable(key, revisionId);
    if (!before.ok) return before;
    const staged = await preparation.stage(zip, before.value.settings);
    if (!staged.ok) return staged;
    await code.discard(staged.value);
    const { unpackedBytes } = staged.value;
    const tried = { sha256: hash('sha256', zip), sizeBytes: zip.length, unpackedBytes };
    return ok({ ...before.value, package: tried });
  }
}
