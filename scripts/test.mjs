// npm test [-- [--long] [FILE | PATTERN | TEXT IN A PATH | --flag-of-node-test] …]
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, matchesGlob, relative, resolve } from 'node:path';
import { pinnedNode, root } from './setup/project.mjs';

const FOLDERS = ['src', 'test', 'ads', 'runtimes', 'scripts', 'console', 'bench'];

const words = process.argv.slice(2);
const long = words.includes('--long');
/** A test that hangs is ended, so that the others are still heard. */
const LIMIT_MS = long ? 1_200_000 : 120_000;

/** Test files on two processors: a quarter of their time goes by in waiting for programs and disks. */
const AT_ONCE = 3;

const flags = words.filter((word) => word.startsWith('--') && word !== '--long');
const wanted = words.filter((word) => !word.startsWith('--'));

const files = [...new Set(wanted.length === 0 ? testFiles() : wanted.flatMap(filesFor))];
if (files.length === 0 && wanted.length > 0) {
  process.stderr.write(`no test file matches ${wanted.join(' ')}\n`);
  process.exitCode = 1;
} else if (files.length === 0) {
  process.stdout.write('there are no such tests yet\n');
} else {
  process.exitCode = await runAll(files);
}

/** All test files of the project: the long ones, or all others. */
function testFiles(either = false) {
  const found = [];
  for (const folder of FOLDERS.map((name) => join(root, name)).filter((path) => existsSync(path))) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/\.test\.(ts|mjs)$/.test(entry.name) || path.includes('node_modules')) continue;
      if (either || /\.long\.test\.\w+$/.test(entry.name) === long) found.push(relative(root, path));
    }
  }
  return found.sort();
}

function filesFor(word) {
  if (/\.(ts|mjs)$/.test(word) && existsSync(resolve(root, word))) return [word];
  const all = word.includes('.long') ? testFiles(true) : testFiles();
  return all.filter((file) => file.includes(word) || matchesGlob(file, word));
}

/** First those that judge how quick something is, each alone; if they pass, all others. */
async function runAll(chosen) {
  const alone = chosen.filter((file) => file.includes('.alone.'));
  const beside = chosen.filter((file) => !alone.includes(file));
  return (await run(alone, 1)) || (await run(beside, AT_ONCE));
}

/** Resolves with the exit code of the runner, 1 when it was ended by a signal or could not be started. */
async function run(chosen, atOnce) {
  if (chosen.length === 0) return 0;
  const options = [
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${atOnce}`,
    `--test-timeout=${LIMIT_MS}`,
  ];
  // Every test file is a process of its own: what they share is compiled once.
  const NODE_COMPILE_CACHE = join(root, 'node_modules', '.cache', 'tests');
  const env = { NODE_COMPILE_CACHE, ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const child = spawn(pinnedNode, [...options, ...flags, ...chosen], { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((ended) => {
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\nRun: npm run setup\n`);
      ended(1);
    });
    child.on('close', (code, signal) => ended(signal === null ? code : 1));
  });
}
