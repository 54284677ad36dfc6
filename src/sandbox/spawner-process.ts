import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { thawGroupOf } from './frozen-group.ts';
import { killMarked } from './marked-processes.ts';
import type { OutputPaths } from './program-output.ts';
import type { SpawnerEvent, SpawnerRequest } from './spawner-protocol.ts';

/**
 * The spawner: a small process that starts programs for the platform, because starting one from a large process stops
 * that process for the time of a fork. It ends, and ends what it started, when its channel to the platform closes.
 */
class SpawnerProcess {
  readonly #children = new Map<number, ChildProcess>();
  readonly #marks = new Map<number, string>();
  /** The children that programs have named. */
  readonly #named = new Map<number, number>();

  /** Listens to the platform until it is gone. */
  run(): void {
    process.on('message', (request: SpawnerRequest) => {
      if (request.kind === 'start') this.#start(request);
      else if (request.kind === 'make-pipes') this.#makePipes(request.paths);
      else if (request.kind === 'hand') this.#hand(request.id, request.text);
      else if (request.kind === 'forget') this.#forget(request.id);
      else this.#children.get(request.id)?.kill(request.signal);
    });
    process.on('disconnect', () => {
      for (const child of this.#children.values()) {
        endGroup(child);
        thawGroupOf(child.pid ?? 0);
      }
      for (const mark of this.#marks.values()) void killMarked(mark);
    });
    // Ctrl-C in a terminal reaches the whole group: the platform stops first, and then closes the channel.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => undefined);
  }

  /** Node itself makes no named pipes. */
  #makePipes(paths: readonly string[]): void {
    const maker = spawn('mkfifo', ['-m', '666', '--', ...paths], {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const failed = (failure: string): void => this.#tell({ kind: 'pipes-made', failure });
    maker.once('error', (error) => failed(`no pipes for its output: ${error.message}`));
    maker.once('exit', (code, signal) => {
      if (code === 0) this.#tell({ kind: 'pipes-made' });
      else failed(`no pipes for its output: mkfifo ended with ${code ?? signal}`);
    });
  }

  #start(request: Extract<SpawnerRequest, { kind: 'start' }>): void {
    const opened: number[] = [];
    try {
      for (const path of [request.outputs.stdout, request.outputs.stderr])
        opened.push(openSync(path, WRITING));
      removeNames(request.outputs);
      this.#spawn(request, opened);
    } catch (error) {
      this.#tell({ kind: 'not-started', id: request.id, why: (error as Error).message });
    } finally {
      for (const descriptor of opened) closeSync(descriptor);
    }
  }

  #spawn(request: Extract<SpawnerRequest, { kind: 'start' }>, outputs: readonly number[]): void {
    const { id, command, workingDirectory: cwd, variables: env } = request;
    const [program = '', ...words] = command;
    const pipes = Number(request.isHanded) + Number(request.namesChild);
    const stdio: ('ignore' | 'pipe' | number)[] = [
      'ignore',
      ...outputs,
      ...Array<'pipe'>(pipes).fill('pipe'),
    ];
    const child = spawn(program, words, { cwd, env, stdio, detached: request.ownSession });
    if (request.mark !== undefined) this.#marks.set(id, request.mark);
    this.#watch(id, child);
    if (request.namesChild) this.#hearChild(id, child, child.stdio[stdio.length - 1]);
  }

  #forget(id: number): void {
    this.#children.delete(id);
    this.#marks.delete(id);
    this.#named.delete(id);
  }

  #hand(id: number, text: string): void {
    const handed: unknown = this.#children.get(id)?.stdio[3];
    if (!(handed instanceof Writable)) return;
    // It may have ended meanwhile, which is told on its own.
    handed.on('error', () => undefined);
    handed.end(text, () => handed.destroy());
  }

  #watch(id: number, child: ChildProcess): void {
    this.#children.set(id, child);
    child.once('spawn', () => this.#tell({ kind: 'started', id, pid: child.pid ?? 0 }));
    child.once('exit', (code, signal) => {
      // What a killed program had just begun may not be tied to its life yet.
      if (signal !== null) {
        endGroup(child);
        endNamed(this.#named.get(id));
      }
      this.#tell({ kind: 'ended', id, code, signal });
    });
    child.once('close', () => this.#tell({ kind: 'closed', id }));
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      this.#forget(id);
      this.#tell({ kind: 'not-started', id, why: error.message });
    });
  }

  #hearChild(id: number, child: ChildProcess, naming: unknown): void {
    if (!(naming instanceof Readable)) return;
    let text = '';
    naming.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const pid = Number(/"child-pid":\s*(\d+)\D/.exec(text)?.[1] ?? 0);
      if (pid === 0 || this.#named.has(id)) return;
      this.#named.set(id, pid);
      if (child.signalCode !== null) endNamed(pid);
    });
    naming.once('end', () => this.#tell({ kind: 'child', id, pid: this.#named.get(id) ?? 0 }));
  }

  #tell(event: SpawnerEvent): void {
    if (process.send !== undefined && process.connected) process.send(event, () => undefined);
  }
}

/** Without waiting for a reader: the platform reads already, or is gone. Node has its children wait where they write to it. */
const WRITING = constants.O_WRONLY | constants.O_NONBLOCK;

/** Nobody finds them any more but by descriptors of the program. */
function removeNames({ stdout, stderr }: OutputPaths): void {
  unlinkSync(stdout);
  unlinkSync(stderr);
}

/** The whole process group, where the program leads one: without walls nothing else would end the rest of it. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // No group of its own, or nothing left in it.
  }
  child.kill('SIGKILL');
}

/** The child that a killed program has named: it may have a session of its own by then. */
function endNamed(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

new SpawnerProcess().run();
