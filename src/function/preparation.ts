import { failed, type Result } from '../base/result.ts';
import type { Tell } from '../watch/event.ts';
import type { CodeFolders, StagedCode } from './code-folders.ts';
import {
  functionKeyText,
  type FunctionRecord,
  type FunctionSettings,
  type FunctionState,
} from './function.ts';
import type { FunctionRecords } from './function-records.ts';
import type { PackageRefused } from './functions.ts';
import type { Runtimes } from './runtime/runtimes.ts';
import { tooLargeTogether } from './size-together.ts';
import type { Turns } from './turns.ts';

/** What {@link Preparation} works with. */
export interface PreparationOptions {
  readonly code: CodeFolders;
  readonly runtimes: Runtimes;
  readonly tell: Tell;
  readonly records: FunctionRecords;
  readonly turns: Turns;
  /** Told when a function has become ready, or cannot. */
  readonly changed: (now: FunctionRecord, before: FunctionRecord) => void;
}

/** From a package to code that environments can run, in the background; its outcome becomes the state of the function. */
export class Preparation {
  readonly #options: PreparationOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /** Unpacks code aside, if it is not too large together with the layers. */
  async stage(zip: Uint8Array, settings: FunctionSettings): Promise<Result<StagedCode, PackageRefused>> {
    const { code } = this.#options;
    const staged = await code.stage(zip);
    if (!staged.ok) return staged;
    const tooLarge = tooLargeTogether(settings, staged.value.unpackedBytes);
    if (tooLarge === undefined) return staged;
    await code.discard(staged.value);
    return failed(tooLarge);
  }

  /** Gets the code ready, then says so in the record. */
  begin(record: FunctionRecord, staged?: StagedCode): void {
    this.inBackground(`function ${record.key.name}`, this.#prepared(record, staged));
  }

  /** Work that nobody waits for but {@link settled}; its failure is told as trouble. */
  inBackground(where: string, work: Promise<void>): void {
    const watched = work.catch((error: unknown) =>
      this.#options.tell({ kind: 'trouble', where, what: (error as Error).message }),
    );
    this.#running.add(watched);
    void watched.finally(() => this.#running.delete(watched));
  }

  /** Resolves when nothing is being prepared. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #prepared(record: FunctionRecord, staged?: StagedCode): Promise<void> {
    const state = await this.#makeReady(record, staged).catch((error: unknown): FunctionState => ({
      kind: 'failed',
      reason: (error as Error).message,
    }));
    await this.#options.turns.take(functionKeyText(record.key), () => this.#enterState(record, state));
  }

  /** The revision stays: for whoever changes the function next, nothing has changed. */
  async #enterState(record: FunctionRecord, state: FunctionState): Promise<void> {
    const { records, changed } = this.#options;
    const before = records.get(record.key, record.version);
    if (before === undefined || before.package.sha256 !== record.package.sha256) return;
    if (before.settings.runtime !== record.settings.runtime) return;
    if (JSON.stringify(before.state) === JSON.stringify(state)) return;
    const now = { ...before, state };
    await records.put(now);
    changed(now, before);
  }

  async #makeReady(record: FunctionRecord, staged?: StagedCode): Promise<FunctionState> {
    const { code, runtimes } = this.#options;
    const runtime = runtimes.find(record.settings.runtime);
    if (!runtime.ok) {
      if (staged !== undefined) await code.discard(staged);
      return { kind: 'failed', reason: `The runtime ${record.settings.runtime} is not known here.` };
    }
    if (staged !== undefined) await code.finish(staged, record.package.sha256, runtime.value);
    const borrowed = await code.borrow(record.package.sha256, runtime.value);
    if (borrowed.ok) {
      borrowed.value[Symbol.dispose]();
      return { kind: 'active' };
    }
    const { failure } = borrowed;
    const lost = 'The code of this function is missing from the data directory. Upload it again.';
    return { kind: 'failed', reason: failure.kind === 'code-missing' ? lost : failure.reason };
  }
}
