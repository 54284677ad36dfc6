import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isRunning } from './process.mjs';

const POLL_MS = 150;

/**
 * Keeps two set-ups of one copy apart. Each writes a file with its own pid into `folder` and then looks for
 * others: of two that meet, at least one sees the other. The one with the higher pid steps back; whoever is
 * alone goes on. Nothing has to be taken over from a killed one, since its file counts only while it runs.
 */
export class SetupLock {
  #folder;
  #file;
  #own = { owner: identify(process.pid), child: undefined };

  constructor(folder) {
    this.#folder = folder;
    this.#file = join(folder, `${process.pid}.json`);
  }

  /** Resolves when no other set-up is at work. `waiting(sentence)` is called once if it has to wait. */
  async acquire(waiting) {
    let told = false;
    for (;;) {
      this.#write();
      const others = this.#others();
      if (others.length === 0) return;
      if (!told) waiting(sentence(others[0]));
      told = true;
      for (const other of others) endOrphan(other);
      if (others.some((other) => other.owner.pid < process.pid)) rmSync(this.#file, { force: true });
      await sleep(POLL_MS);
    }
  }

  /** Writes the npm that works for this set-up into the lock: should the set-up be killed, npm still counts. */
  setChild(pid) {
    this.#own.child = pid === undefined ? undefined : identify(pid);
    this.#write();
  }

  release() {
    rmSync(this.#file, { force: true });
  }

  #write() {
    mkdirSync(this.#folder, { recursive: true });
    const draft = `${this.#file}.draft`;
    writeFileSync(draft, JSON.stringify(this.#own));
    renameSync(draft, this.#file);
  }

  /** The other set-ups at work; what dead ones left is removed. */
  #others() {
    const others = [];
    for (const name of readdirSync(this.#folder)) {
      if (!name.endsWith('.json') || name === `${process.pid}.json`) continue;
      const path = join(this.#folder, name);
      const other = readLock(path);
      if (isRunning(other?.owner) || isRunning(other?.child)) others.push(other);
      else rmSync(path, { force: true });
    }
    return others;
  }
}

function sentence(other) {
  return isRunning(other.owner)
    ? `another set-up (process ${other.owner.pid}) is at work here; waiting for it …`
    : `an earlier set-up was killed; waiting until its npm (process ${other.child.pid}) has ended …`;
}

/** Ends the npm of a set-up that was killed: what it was doing is done again anyway. */
function endOrphan(other) {
  if (isRunning(other.owner) || !isRunning(other.child)) return;
  try {
    process.kill(other.child.pid, 'SIGTERM');
  } catch {
    // Another user's: wait for it to end by itself.
  }
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
