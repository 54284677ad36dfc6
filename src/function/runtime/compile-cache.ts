import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch, Priming } from './runtime.ts';

/** Where the compile cache stands inside the sandbox. */
const CACHE = '/var/lang/compile-cache';

/** A function's own variable by which its owner says that its code is not to run at upload: `off`. */
const SWITCH = 'MILLRACE_PRIMING';

/** Less JavaScript than this is compiled about as fast as a cache of it is read. */
const WORTHWHILE_BYTES = 262_144;

/** Node's priming: V8's code for what is compiled while the function is loaded. */
export function compileCachePriming(nodeVersion: string): Priming {
  return {
    version: `node-${nodeVersion}-1`,
    target: CACHE,
    isWorthwhile: async ({ variables }, folder) => {
      if (variables[SWITCH] === 'off' || variables['NODE_COMPILE_CACHE'] !== undefined) return false;
      return (await scriptBytes(folder, WORTHWHILE_BYTES)) >= WORTHWHILE_BYTES;
    },
    make: (launch) => withVariable(launch, 'MILLRACE_MAKE_CACHE'),
    use: (launch) => withVariable(launch, 'MILLRACE_USE_CACHE'),
  };
}

function withVariable(launch: Launch, name: string): Launch {
  return { ...launch, variables: { ...launch.variables, [name]: CACHE } };
}

/** The size of the scripts in a folder, counted no further than `enoughBytes`. */
async function scriptBytes(folder: string, enoughBytes: number): Promise<number> {
  let sumBytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (sumBytes >= enoughBytes) break;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sumBytes += await scriptBytes(path, enoughBytes - sumBytes);
    else if (entry.isFile() && /\.[cm]?js$/.test(entry.name)) sumBytes += (await stat(path)).size;
  }
  return sumBytes;
}
