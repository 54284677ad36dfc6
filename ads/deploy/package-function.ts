import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { zipSync, type Zippable } from 'fflate';

/** A function's package, ready for CreateFunction. */
export interface FunctionZip {
  readonly bytes: Uint8Array;
  /** Base64, as `CodeSha256` says it. */
  readonly sha256: string;
}

/** The same folder always gives the same zip: files carry no times. */
const TIME = new Date(1980, 0, 1);
const NOT_PACKED = /(^|\/)(node_modules|fixtures|__pycache__)(\/|$)|\.test\.ts$|(^|\/)test_\w+\.py$/;
/** Of a file in a zip that was made on Unix: anybody may run it. */
const EXECUTABLE = { os: 3, attrs: 0o755 << 16 } as const;

/** Zips a function's folder with the dependencies that its package.json names, taken from where they are installed. */
export function packageFunction(folder: string): FunctionZip {
  const files: Zippable = {};
  addFolder(files, folder, '', (path) => !NOT_PACKED.test(path));
  for (const name of dependenciesOf(folder)) {
    const isCode = (path: string): boolean => !/^(cf|cjs|types)(\/|$)|\.(md|map|d\.[mc]?ts)$/.test(path);
    addFolder(files, installed(name, folder), `node_modules/${name}/`, isCode);
  }
  return zipOf(files);
}

/** Zips a program as a custom runtime starts it: one file, `bootstrap`. */
export function packageProgram(path: string): FunctionZip {
  return zipOf({ bootstrap: [readFileSync(path), EXECUTABLE] });
}

function zipOf(files: Zippable): FunctionZip {
  const bytes = zipSync(files, { level: 6, mtime: TIME });
  return { bytes, sha256: createHash('sha256').update(bytes).digest('base64') };
}

function addFolder(files: Zippable, root: string, prefix: string, wanted: (path: string) => boolean): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = relative(root, join(entry.parentPath, entry.name));
    if (!wanted(path) || !statSync(join(root, path)).isFile()) continue;
    files[prefix + path] = readFileSync(join(root, path));
  }
}

function dependenciesOf(folder: string): readonly string[] {
  if (!existsSync(join(folder, 'package.json'))) return [];
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const manifest = JSON.parse(text) as { dependencies?: Record<string, string> };
  return Object.keys(manifest.dependencies ?? {}).toSorted();
}

/** The package's own folder: the nearest one above its entry that bears its name. */
function installed(name: string, folder: string): string {
  const resolve = createRequire(join(folder, 'package.json')).resolve;
  let at = dirname(resolve(name));
  while (!at.endsWith(join('node_modules', name))) at = dirname(at);
  return at;
}
