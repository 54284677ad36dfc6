import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeOwnRoomyFolder } from './own-folder.ts';
import type { OutputPaths } from './program-output.ts';

/** For how many programs pipes are made together, and how few are left when the next are asked for. */
const MADE_TOGETHER = 16;
const FEWEST_READY = 8;

/** Asks for named pipes at these paths, which anybody who reaches them may read and write. */
export type MakePipes = (paths: readonly string[]) => void;

/**
 * Where the programs of one spawner print: on pipes whose other ends the platform holds, so that nothing stands between
 * them, and a program can open its own outputs by name again, as on AWS. They are named, because Node can make no others,
 * and made ahead, in folders for the platform's user alone. Each is for one program, and its name is gone before that starts.
 */
export class OutputPipes implements Disposable {
  readonly #folder = makeOwnRoomyFolder('output');
  readonly #make: MakePipes;
  readonly #ready: OutputPaths[] = [];
  #coming: { readonly pipes: readonly OutputPaths[]; readonly made: PromiseWithResolvers<void> } | undefined;
  #nextNumber = 1;

  constructor(make: MakePipes) {
    this.#make = make;
  }

  /** Two pipes that nobody else gets. @throws when they cannot be made. */
  async take(): Promise<OutputPaths> {
    for (;;) {
      const pipes = this.#ready.shift();
      if (this.#ready.length < FEWEST_READY) this.askForMore();
      if (pipes !== undefined) return pipes;
      await this.#coming?.made.promise;
    }
  }

  /** Has more of them made; they are told by {@link made}. */
  askForMore(): void {
    if (this.#coming !== undefined) return;
    const folder = this.#folder.current;
    const pipes = Array.from({ length: MADE_TOGETHER }, () => this.#nextPaths(folder));
    const made = Promise.withResolvers<void>();
    // Whoever waits for them learns of a failure; often nobody does.
    made.promise.catch(() => undefined);
    this.#coming = { pipes, made };
    this.#make(pipes.flatMap(({ stdout, stderr }) => [stdout, stderr]));
  }

  /** What was asked for is there, or `failure` says why it is not. */
  made(failure?: string): void {
    const coming = this.#coming;
    this.#coming = undefined;
    if (failure !== undefined) coming?.made.reject(new Error(failure));
    else {
      this.#ready.push(...(coming?.pipes ?? []));
      coming?.made.resolve();
    }
  }

  /** No program is started any more; the pipes of those that run go on. */
  [Symbol.dispose](): void {
    this.#ready.length = 0;
    this.made('the spawner process ended');
    for (const folder of this.#folder.all) rmSync(folder, { recursive: true, force: true });
  }

  #nextPaths(folder: string): OutputPaths {
    const path = join(folder, String(this.#nextNumber++));
    return { stdout: `${path}-stdout`, stderr: `${path}-stderr` };
  }
}
