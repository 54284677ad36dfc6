import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';

const manifest = join(root, 'package.json');
const kept = join(root, '.package.json.kept');

/** Puts the project's package.json aside, so that another can take its place for a moment. */
export function keepManifest() {
  if (!existsSync(kept)) copyFileSync(manifest, kept);
}

/** Brings the project's package.json back; nothing happens when it was not put aside. */
export function restoreManifest() {
  if (existsSync(kept)) renameSync(kept, manifest);
}
