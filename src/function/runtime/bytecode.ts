import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledPython } from './installed-python.ts';
import { RUNTIME_ROOT, TASK_ROOT, type Launch, type Priming } from './runtime.ts';

/** Where the bytecode stands inside the sandbox. */
const BYTECODE = `${RUNTIME_ROOT}/bytecode`;

/** A function's own variable by which its owner says that nothing is to be made of its code at upload: `off`. */
const SWITCH = 'MILLRACE_PRIMING';

/** Less Python than this is compiled in a few milliseconds. */
const WORTHWHILE_BYTES = 8192;

/**
 * Python's priming: the bytecode of every module in the package, compiled without running any of it. `launcher` is where
 * our launcher stands inside the sandbox; it takes the folder of the bytecode as its last word.
 */
export function bytecodePriming(python: InstalledPython, launcher: string): Priming {
  return {
    version: `${python.tag}-${python.version}-1`,
    target: BYTECODE,
    isWorthwhile: async ({ variables }, folder) =>
      variables[SWITCH] !== 'off' && (await moduleBytes(folder, WORTHWHILE_BYTES)) >= WORTHWHILE_BYTES,
    make: (launch) => ({ ...launch, command: compiling(launch, launcher) }),
    use: (launch) => ({ ...launch, command: [...launch.command, BYTECODE] }),
  };
}

function compiling({ command }: Launch, launcher: string): readonly string[] {
  const flags = command.slice(0, command.indexOf(`${launcher}/launcher.py`));
  // Isolated from the owner's PYTHON… variables, which could bring in code of the package.
  return [...flags, '-I', `${launcher}/compile_ahead.py`, TASK_ROOT, BYTECODE];
}

/** The size of the modules in a folder, counted no further than `enoughBytes`. */
async function moduleBytes(folder: string, enoughBytes: number): Promise<number> {
  let sumBytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (sumBytes >= enoughBytes) break;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sumBytes += await moduleBytes(path, enoughBytes - sumBytes);
    else if (entry.isFile() && entry.name.endsWith('.py')) sumBytes += (await stat(path)).size;
  }
  return sumBytes;
}
