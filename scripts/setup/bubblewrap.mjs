import { spawnSync } from 'node:child_process';
import { say, sayWorking } from './say.mjs';

const INSTALL = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60', 'bubblewrap'];

/** How bubblewrap is on this machine: `works`, `missing`, or there and unable to run (with the reason). */
export function bubblewrapState() {
  const walls = [
    '--unshare-all',
    '--die-with-parent',
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
  ];
  const tried = spawnSync('bwrap', [...walls, '--', '/bin/true'], { encoding: 'utf8', timeout: 10_000 });
  if (tried.status === 0) return { kind: 'works' };
  if (tried.error?.code === 'ENOENT') return { kind: 'missing' };
  const why =
    tried.stderr?.trim().split('\n').at(-1) || tried.error?.message || `it ended with ${tried.status}`;
  return { kind: 'broken', why };
}

/**
 * Sees to bubblewrap, which holds functions apart. Never fails the set-up: without it the platform still
 * starts, and says what it then cannot promise. True when installing was tried in vain.
 */
export function ensureBubblewrap(triedBefore) {
  let state = bubblewrapState();
  const mayInstall = state.kind === 'missing' && process.getuid() === 0 && hasApt() && !triedBefore;
  if (mayInstall) {
    installByApt();
    state = bubblewrapState();
  }
  if (state.kind === 'works') return false;
  say(adviceFor(state));
  return mayInstall || triedBefore;
}

function installByApt() {
  const done = sayWorking('installing bubblewrap by apt-get, which holds functions apart');
  const installed = apt(INSTALL) || (apt(['update', '-q']) && apt(INSTALL));
  done();
  if (installed) say('bubblewrap is installed.');
}

function apt(words) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', words, { env: environment, stdio: 'ignore', timeout: 180_000 }).status === 0;
}

function hasApt() {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

function adviceFor(state) {
  const consequence = 'until then functions run only without walls, on your explicit word.';
  if (state.kind === 'broken') {
    return `bubblewrap is installed but cannot run here (${state.why}); allow user namespaces, or run as root; ${consequence}`;
  }
  if (!hasApt()) {
    return `bubblewrap is missing; install it with this system's package manager, for example: dnf install bubblewrap; ${consequence}`;
  }
  const before = process.getuid() === 0 ? '' : 'sudo ';
  return `bubblewrap is missing; install it with: ${before}apt-get install -y bubblewrap; ${consequence}`;
}
