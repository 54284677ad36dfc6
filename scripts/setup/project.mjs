import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Where npm puts the packages. */
export const modules = join(root, 'node_modules');

/** The Node that the program runs on, once npm has brought it. */
export const pinnedNode = join(modules, '.bin', 'node');

/** The npm package that carries the pinned Node for this machine; undefined where there is none. */
export function nodePackage() {
  const name = `node-${process.platform}-${process.arch}`;
  const version = manifest().optionalDependencies?.[name];
  return version === undefined ? undefined : { name, version };
}

function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}
