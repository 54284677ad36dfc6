import { ConfiguredKeys } from '../access/configured-keys.ts';
import { readKeyFile } from '../access/key-file.ts';
import { ok, type Result } from '../base/result.ts';
import type { Scope } from '../base/scope.ts';
import type { Config } from '../config.ts';
import { onChanges, type ChangesGround } from './changes.ts';

/** Who is let in from outside. */
export interface Access {
  /** Given: every request from outside must be signed with one of them. */
  readonly accessKeys: ConfiguredKeys | undefined;
  /** Reads the files again. What cannot be taken is told as trouble, and the former holds. */
  readonly reload: () => void;
}

/** Why nobody can be let in; a sentence. */
export interface AccessRefused {
  readonly kind: string;
  readonly what: string;
}

/** Reads who is let in, and again whenever those files change. */
export function openAccess(
  scope: Scope,
  config: Config,
  ground: ChangesGround,
): Result<Access, AccessRefused> {
  const keys = config.demandsKeys ? readKeyFile(config.keysFile) : undefined;
  if (keys?.ok === false) return keys;
  const accessKeys = keys && new ConfiguredKeys(keys.value);
  const reload = (): void => {
    if (accessKeys !== undefined) readAgain(accessKeys, config.keysFile, ground);
  };
  if (accessKeys !== undefined) onChanges(scope, [config.keysFile], ground, reload);
  return ok({ accessKeys, reload });
}

function readAgain(keys: ConfiguredKeys, file: string, { tell }: ChangesGround): void {
  const read = readKeyFile(file);
  if (read.ok) {
    keys.replace(read.value);
    return tell({ kind: 'noticed', where: 'access', what: `${read.value.size} access keys hold now` });
  }
  tell({ kind: 'trouble', where: 'access', what: `${read.failure.what} The former keys still hold.` });
}
