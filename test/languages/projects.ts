import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A copy of a project of ours, as somebody else would have it; gone when disposed. */
export class Project implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-project-'));

  /** `isBuilt`: the program in it is no output of a compiler. */
  constructor(path: string, { isBuilt = false } = {}) {
    const isOutput = isBuilt ? /\/target$/ : /\/(target|bootstrap)$/;
    const isWanted = (source: string): boolean => !isOutput.test(source);
    cpSync(join(ROOT, path), this.folder, { recursive: true, filter: isWanted });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** False when this toolchain runs; else why a test is to be skipped. Where `CI` is `true`, that it is missing is a failure. */
export function missingToolchain(program: string, word: string, from: string): string | false {
  if (spawnSync(program, [word], { stdio: 'ignore' }).status === 0) return false;
  const reason = `${program} is missing; it comes from ${from}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}
