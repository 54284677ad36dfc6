import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFunction, type FunctionZip } from '../../../ads/deploy/package-function.ts';

/** What the function imports lies in two folders of the project: they keep their places in the package. */
const FOLDERS = ['ads/click-processor', 'bench/ads/ysb'];

/** The benchmark's consumer as a package of a function; its handler is `bench/ads/ysb/function.handler`. */
export function packageYsb(root: string): FunctionZip {
  const staging = mkdtempSync(join(tmpdir(), 'millrace-bench-ysb-'));
  try {
    for (const folder of FOLDERS) {
      mkdirSync(join(staging, folder), { recursive: true });
      cpSync(join(root, folder), join(staging, folder), { recursive: true });
    }
    // What the click processor depends on is all that is needed.
    cpSync(join(root, 'ads/click-processor/package.json'), join(staging, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(staging, 'node_modules'));
    return packageFunction(staging);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
