import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modules, pinnedNode, root } from './project.mjs';

const file = join(modules, '.millrace-setup.json');

/** What the installed packages depend on, as one text: the lock file, these scripts, the machine. */
export function wantedStamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const folder = join(root, 'scripts', 'setup');
  const scripts = readdirSync(folder)
    .filter((name) => name.endsWith('.mjs') && !name.includes('.test.'))
    .sort();
  hash.update(readFileSync(join(root, 'package-lock.json')));
  for (const name of scripts) hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

/** What the last finished set-up wrote; an empty object when none has finished. */
export function readStamp() {
  try {
    const stamp = JSON.parse(readFileSync(file, 'utf8'));
    return typeof stamp === 'object' && stamp !== null ? stamp : {};
  } catch {
    return {};
  }
}

/** Marks the packages as complete; `bubblewrapTried` keeps a failing install from being tried at every start. */
export function writeStamp(stamp) {
  writeFileSync(file, `${JSON.stringify(stamp)}\n`);
}

/** From here on the packages are not complete, until a set-up has finished. */
export function removeStamp() {
  rmSync(file, { force: true });
}

/** True when there is nothing to install. */
export function isInstalled() {
  return existsSync(pinnedNode) && (isLinked() || readStamp().packages === wantedStamp());
}

/** True when somebody has put a link in the place of node_modules: the packages are then theirs to care for. */
export function isLinked() {
  return lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
