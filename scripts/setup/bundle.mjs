import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './project.mjs';

/** Files of an earlier making stay so long: a program that runs may still ask for them. */
const KEPT_MS = 24 * 3600 * 1000;

/** True when `build` in the folder `home` says what `src` says; bin/millrace asks the same. */
export function isBundled(home = root) {
  const stamp = stampOf(home);
  if (!existsSync(stamp)) return false;
  // By the time of the change itself: what is copied from elsewhere may bear an older one of its content.
  const words = [join(home, 'src'), '-newercm', stamp, '-print', '-quit'];
  const newer = spawnSync('find', words, { encoding: 'utf8' });
  return newer.status === 0 && newer.stdout === '';
}

/** Makes `build` of `src`. What is written counts only once all of it is there. */
export async function bundleCopy(home = root) {
  const startedAt = new Date();
  const stamp = stampOf(home);
  rmSync(stamp, { force: true });
  const written = await bundle(join(home, 'build'), home);
  removeOld(join(home, 'build', 'rooms'), written, startedAt.getTime() - KEPT_MS);
  // A source that was changed meanwhile is newer than the stamp.
  const draft = `${stamp}.draft`;
  writeFileSync(draft, '');
  utimesSync(draft, startedAt, startedAt);
  renameSync(draft, stamp);
}

/**
 * Writes the program into `folder`: main.js, and in `rooms` what it loads when it needs it, with the programs of its threads and
 * of the spawner. Each stands as deep as its source does below `src`, so that paths from there hold. Answers the files' names.
 */
export async function bundle(folder, home = root) {
  const { build } = await import('esbuild');
  mkdirSync(join(folder, 'rooms'), { recursive: true });
  const done = await build({
    absWorkingDir: home,
    entryPoints: {
      main: 'src/main.ts',
      'rooms/writer': 'src/store/sqlite/writer.ts',
      'rooms/reader': 'src/store/sqlite/reader.ts',
      'rooms/spawner-process': 'src/sandbox/spawner-process.ts',
    },
    outdir: folder,
    chunkNames: 'rooms/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'esnext',
    metafile: true,
    logLevel: 'silent',
  });
  return Object.keys(done.metafile.outputs).map((path) => basename(path));
}

function stampOf(home) {
  return join(home, 'build', 'made-of-src');
}

function removeOld(folder, written, beforeMs) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!written.includes(name) && statSync(path).mtimeMs < beforeMs) rmSync(path);
  }
}
