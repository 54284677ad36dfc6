import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { modules, nodePackage, pinnedNode, root } from './project.mjs';
import { sayWorking, withoutSecrets } from './say.mjs';

/** Settings by which npm reaches its registry; whatever else npm or the caller put into the environment is left out. */
const KEPT_SETTINGS =
  /^npm_config_(registry|.*proxy|no_proxy|cafile|ca|cert|key|strict_ssl|cache|userconfig|globalconfig|offline|prefer_offline|fetch_.*|maxsockets|_auth.*|\/\/.*|@.*)$/i;

/** What must hold whatever the user's npmrc says. */
const FLAGS = [
  'ci',
  '--include=dev',
  '--include=optional',
  '--bin-links=true',
  '--global=false',
  '--dry-run=false',
  '--package-lock=true',
  '--package-lock-only=false',
  '--audit=false',
  '--fund=false',
  '--update-notifier=false',
  '--loglevel=error',
];

/** Installs what package-lock.json names. Throws an Error with npm's own words when that fails. */
export async function installPackages(started) {
  const done = sayWorking('installing the packages, and the Node that Millrace runs on (about 10 s, 400 MB)');
  try {
    const { code, output, stopped } = await runNpm(started);
    if (stopped) throw new Error('stopped; run it again to finish.');
    if (code !== 0) throw new Error(`npm ci ended with ${code}:\n${withoutSecrets(output)}`);
  } finally {
    done();
  }
}

/** Undefined when the pinned Node is there and runs; else a sentence. npm is silent about an optional package it could not get. */
export function nodeProblem() {
  const wanted = nodePackage();
  const found = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  if (found.status === 0 && found.stdout.trim() === `v${wanted.version}`) return undefined;
  const seen = found.status === 0 ? `it is ${found.stdout.trim()}` : 'it does not run';
  return `npm did not bring Node ${wanted.version} (package ${wanted.name}): ${seen}. Try: npm ci --include=optional`;
}

function runNpm(started) {
  const [command, ...before] = npmCommand();
  const child = spawn(command, [...before, ...FLAGS], {
    cwd: root,
    env: npmEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-20_000));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  if (child.pid !== undefined) started(child.pid);
  let stopped = false;
  const forward = (signal) => {
    stopped = true;
    child.kill(signal);
  };
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`npm does not start: ${error.message}`)));
    child.on('close', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve({ code: code ?? signal, output, stopped });
    });
  });
}

/** npm as it was called, if it was npm that called; else the one in PATH. */
function npmCommand() {
  const called = process.env.npm_execpath ?? '';
  return /^npm(-cli)?\.c?js$/.test(basename(called)) ? [outsideNode(), called] : ['npm'];
}

/** A Node outside of node_modules, which npm is about to empty. */
function outsideNode() {
  if (!process.execPath.startsWith(modules)) return process.execPath;
  for (const folder of searchPath(process.env)) {
    const candidate = join(folder, 'node');
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here.
    }
  }
  return process.execPath;
}

/** PATH without the folders that npm adds for packages. */
function searchPath(environment) {
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.includes('node_modules'));
}

/** The environment for npm: the caller's, without what `npm start` itself or a careless shell has set. */
export function npmEnvironment(environment) {
  const kept = {};
  for (const [name, value] of Object.entries(environment)) {
    if (/^npm_/i.test(name) && !KEPT_SETTINGS.test(name)) continue;
    if (name === 'NODE_ENV' || name === 'NODE_OPTIONS' || name === 'INIT_CWD') continue;
    kept[name] = value;
  }
  kept.PATH = searchPath(environment).join(delimiter);
  return kept;
}
