import { hash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cancel, Clock } from '../../base/clock.ts';
import type { LineStore, LogLine } from '../lines.ts';
import { GroupLog, type GroupBounds } from './group-log.ts';

/** What {@link FileLines} needs. */
export interface FileLinesOptions {
  /** The folder of the logs; a folder per group is made in it when the group's first line comes. */
  readonly directory: string;
  readonly clock: Clock;
  /** Hears, in a sentence, of lines that could not be written. */
  readonly onTrouble: (what: string) => void;
  /** Unset: 4 files of 8 MB per group. */
  readonly bounds?: GroupBounds;
}

const DEFAULT_BOUNDS: GroupBounds = { fileBytes: 8_388_608, files: 4, waitingLines: 100_000 };

/** How long lines may wait for company before they are written. */
const GATHER_MS = 20;

/**
 * Logs of functions as bounded files, a folder per group. Appending only adds to a list; what came within 20 ms
 * is written at once. A disk that fails loses lines, never the platform: `onTrouble` says so.
 */
export class FileLines implements LineStore, AsyncDisposable {
  readonly #options: FileLinesOptions;
  readonly #groups = new Map<string, GroupLog>();
  readonly #dirty = new Set<GroupLog>();
  #cancelGathering: Cancel | undefined;

  constructor(options: FileLinesOptions) {
    this.#options = options;
  }

  append(group: string, lines: readonly LogLine[]): void {
    const log = this.#group(group);
    log.add(lines);
    this.#dirty.add(log);
    this.#cancelGathering ??= this.#options.clock.after(GATHER_MS, () => void this.#flush());
  }

  tail(
    group: string,
    query: { readonly limit: number; readonly sinceMs?: number },
  ): Promise<readonly LogLine[]> {
    return this.#group(group).tail(query);
  }

  async remove(group: string): Promise<void> {
    const log = this.#group(group);
    this.#groups.delete(group);
    this.#dirty.delete(log);
    await log.end();
    await rm(this.#directoryOf(group), { recursive: true, force: true });
  }

  /** Writes what still waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelGathering?.();
    for (const log of this.#groups.values()) this.#dirty.add(log);
    await this.#flush();
  }

  #group(group: string): GroupLog {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const log = new GroupLog(this.#directoryOf(group), this.#options.bounds ?? DEFAULT_BOUNDS);
    this.#groups.set(group, log);
    return log;
  }

  #directoryOf(group: string): string {
    return join(this.#options.directory, directoryName(group));
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    this.#cancelGathering = undefined;
    const logs = [...this.#dirty];
    this.#dirty.clear();
    const outcomes = await Promise.allSettled(logs.map((log) => log.flush()));
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    if (lost !== undefined) this.#options.onTrouble(`log lines were lost: ${String(lost.reason)}`);
  }
}

/** A folder's name for a group: readable, without path separators or dots, no longer than a file name may be. */
function directoryName(group: string): string {
  const readable = encodeURIComponent(group).replaceAll('.', '%2E');
  return readable.length <= 180 ? readable : `${readable.slice(0, 100)}-${hash('sha256', group)}`;
}
