import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '..', '..');
/** What the platform itself imports. */
const PACKAGES = ['commander', 'fflate', 'yauzl', 'pend'];

/** A copy of the program that any user may run: this checkout may lie where only root can enter. */
export interface ProgramCopy extends Disposable {
  readonly folder: string;
  /** Words that start it. */
  readonly command: readonly string[];
  /** Folders that everybody may write. */
  readonly home: string;
  readonly tmp: string;
}

/** Makes one, in a folder that goes with it. */
export function copyProgram(): ProgramCopy {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-copy-'));
  chmodSync(folder, 0o755);
  for (const part of ['src', 'runtimes', 'package.json']) {
    cpSync(join(CHECKOUT, part), join(folder, part), { recursive: true });
  }
  for (const name of PACKAGES) {
    const path = join('node_modules', name);
    cpSync(join(CHECKOUT, path), join(folder, path), { recursive: true });
  }
  const node = join(folder, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  const [home, tmp] = ['home', 'tmp'].map((name) => {
    const path = join(folder, name);
    mkdirSync(path);
    chmodSync(path, 0o1777);
    return path;
  }) as [string, string];
  return {
    ...{ folder, home, tmp },
    command: [node, '--disable-warning=ExperimentalWarning', join(folder, 'src', 'main.ts')],
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
