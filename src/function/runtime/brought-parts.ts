import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Tell } from '../../watch/event.ts';

/** Something that a runtime needs and the machine lacks: a client library, an interpreter. */
export interface BroughtPart {
  /** With `version` it names the folder, and so its contents: letters, digits, `.`, `-`, `_`. */
  readonly name: string;
  readonly version: string;
  /** What the operator is told while it is made: `python3.11: fetching awslambdaric 4.2.2 from PyPI`. */
  readonly line: string;
  /**
   * Fills an empty folder. Rejects with a sentence on why it cannot, also once `signal` is aborted; whatever is in the
   * folder then is removed.
   */
  make(folder: string, signal?: AbortSignal): Promise<void>;
}

/** The part is not here and could not be brought now. `reason` is a sentence for the owner of a function that needs it. */
export interface PartMissing {
  readonly kind: 'part-missing';
  readonly reason: string;
}

/** What {@link BroughtParts} works with. */
export interface BroughtPartsOptions {
  /** The cache folder, shared by all platforms of this user; made when it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  /** Aborted when the platform stops: nothing more is fetched then. */
  readonly signal?: AbortSignal;
}

/** A half-made folder older than this was left by a process that has been killed. */
const ABANDONED_AFTER_MS = 3_600_000;
const HALF_MADE = '.making-';

/**
 * The parts that runtimes bring at their first use, `directory/<name>-<version>`. A folder appears whole or not at all
 * (made aside, synced, renamed), never changes, and may be read by whoever environments run as.
 */
export class BroughtParts {
  readonly #options: BroughtPartsOptions;
  readonly #signal: AbortSignal;
  readonly #making = new Map<string, Promise<Result<string, PartMissing>>>();

  constructor(options: BroughtPartsOptions) {
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  /** The part's folder; undefined when it has not been brought yet. */
  async find(part: Pick<BroughtPart, 'name' | 'version'>): Promise<string | undefined> {
    const folder = this.#folderOf(part);
    // Asked at every start: a look takes less time than to have another thread look.
    return existsSync(folder) ? folder : undefined;
  }

  /** The part's folder, made now when it is not there; whoever asks meanwhile waits for the same one. */
  ensure(part: BroughtPart): Promise<Result<string, PartMissing>> {
    const folder = this.#folderOf(part);
    const making = this.#making.get(folder);
    if (making !== undefined) return making;
    const made = this.#ensure(part, folder).finally(() => this.#making.delete(folder));
    this.#making.set(folder, made);
    return made;
  }

  async #ensure(part: BroughtPart, folder: string): Promise<Result<string, PartMissing>> {
    if (existsSync(folder)) return ok(folder);
    const { clock, tell } = this.#options;
    if (this.#signal.aborted) return stopping(part);
    const beganMs = clock.nowMs();
    const why = await this.#make(part, folder).catch((error: unknown) => (error as Error).message);
    if (this.#signal.aborted && why !== undefined) return stopping(part);
    tell({ kind: 'brought', line: part.line, tookMs: clock.nowMs() - beganMs, ...(why && { why }) });
    return why === undefined ? ok(folder) : failed({ kind: 'part-missing', reason: `${part.line}: ${why}` });
  }

  /** Answers undefined, or a sentence on why the cache folder takes nothing. */
  async #make(part: BroughtPart, folder: string): Promise<string | undefined> {
    const aside = join(this.#options.directory, `${HALF_MADE}${this.#options.random.uuid()}`);
    const unwritable = await this.#open(aside).catch((error: unknown) => (error as Error).message);
    if (unwritable !== undefined) {
      const { directory } = this.#options;
      return `the cache folder ${directory} cannot be written (${unwritable}); name another with MILLRACE_CACHE.`;
    }
    try {
      await part.make(aside, this.#signal);
      await openToAll(aside);
      await sync(aside);
      await rename(aside, folder).catch(alreadyThere);
      return undefined;
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }

  /** Makes the folder in which a part is made, and removes what killed processes have left. */
  async #open(aside: string): Promise<undefined> {
    const { directory, clock } = this.#options;
    // Each part is world-readable; the folder above may be closed, for parts are mounted by their own path.
    await mkdir(directory, { recursive: true, mode: 0o755 });
    for (const name of await readdir(directory)) {
      if (!name.startsWith(HALF_MADE)) continue;
      const found = await stat(join(directory, name)).catch(() => undefined);
      const isAbandoned = found !== undefined && clock.nowMs() - found.mtimeMs > ABANDONED_AFTER_MS;
      if (isAbandoned) await rm(join(directory, name), { recursive: true, force: true });
    }
    await mkdir(aside);
    return undefined;
  }

  #folderOf({ name, version }: Pick<BroughtPart, 'name' | 'version'>): string {
    return join(this.#options.directory, `${name}-${version}`);
  }
}

function stopping({ line }: BroughtPart): { readonly ok: false; readonly failure: PartMissing } {
  return failed({ kind: 'part-missing', reason: `${line}: the platform stops.` });
}

/** Another process brought the same part meanwhile; both are equal, the first stays. */
function alreadyThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

/** Whoever runs a function may be another user than we are. */
async function openToAll(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return;
  const isOpen = found.isDirectory() || (found.mode & 0o100) !== 0;
  await chmod(path, isOpen ? 0o755 : 0o644);
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await openToAll(join(path, name));
}

/** A machine that fails after the rename must not leave empty files behind. Without the program nothing is lost but that. */
function sync(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn('sync', ['-f', folder], { stdio: 'ignore' });
    child.on('error', () => resolve());
    child.on('close', () => resolve());
  });
}
