import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine } from '../lines.ts';
import { encodeLines } from './line-file.ts';
import { tailOf, type TailQuery } from './tail.ts';

/** How much of one group's log is kept. */
export interface GroupBounds {
  /** A file that has reached this is followed by a new one. */
  readonly fileBytes: number;
  /** The oldest file goes when there would be more. */
  readonly files: number;
  /** Lines that wait for the disk beyond this many are dropped, and a line says how many. */
  readonly waitingLines: number;
}

/**
 * The log of one group: numbered files in one folder, appended to in batches, one write at a time.
 * Lines that come during a write wait for the next one.
 */
export class GroupLog {
  readonly #directory: string;
  readonly #bounds: GroupBounds;
  #waiting: LogLine[] = [];
  #droppedCount = 0;
  #writing: Promise<void> = Promise.resolve();
  #files: number[] | undefined;
  #lastFileBytes = 0;

  constructor(directory: string, bounds: GroupBounds) {
    this.#directory = directory;
    this.#bounds = bounds;
  }

  /** Takes lines; they are written by the next {@link flush}. */
  add(lines: readonly LogLine[]): void {
    const room = Math.max(0, this.#bounds.waitingLines - this.#waiting.length);
    for (const line of lines.slice(0, room)) this.#waiting.push(line);
    this.#droppedCount += Math.max(0, lines.length - room);
  }

  /** Writes what waits, after the writes before. Rejects when the disk does; those lines are lost then. */
  flush(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** The last lines, those included that wait. */
  async tail(query: TailQuery): Promise<readonly LogLine[]> {
    await this.flush();
    const files = this.#files ?? (await this.#findFiles());
    return tailOf(
      files.map((number) => this.#path(number)),
      query,
    );
  }

  /** Waits for the write under way and drops what has not been written. */
  async end(): Promise<void> {
    this.#waiting = [];
    this.#droppedCount = 0;
    await this.#writing;
  }

  async #write(): Promise<void> {
    const lines = this.#takeWaiting();
    if (lines.length === 0) return;
    const bytes = Buffer.from(encodeLines(lines));
    const path = this.#path(await this.#fileFor(bytes.length));
    await appendFile(path, bytes, { mode: 0o600 });
    this.#lastFileBytes += bytes.length;
  }

  #takeWaiting(): LogLine[] {
    const lines = this.#waiting;
    const last = lines.at(-1);
    if (last !== undefined && this.#droppedCount > 0) {
      lines.push({ ...last, text: `(${this.#droppedCount} lines dropped: the disk was too slow)` });
    }
    this.#waiting = [];
    this.#droppedCount = 0;
    return lines;
  }

  /** The file that the next bytes go to; a new one when the last is full. */
  async #fileFor(sizeBytes: number): Promise<number> {
    const files = this.#files ?? (await this.#begin());
    const last = files.at(-1);
    const fits = this.#lastFileBytes === 0 || this.#lastFileBytes + sizeBytes <= this.#bounds.fileBytes;
    if (last !== undefined && fits) return last;
    const next = (last ?? 0) + 1;
    files.push(next);
    this.#lastFileBytes = 0;
    const over = files.splice(0, Math.max(0, files.length - this.#bounds.files));
    await Promise.all(over.map((number) => rm(this.#path(number), { force: true })));
    return next;
  }

  /** Finds what earlier runs left; a line that a crash tore is closed off. */
  async #begin(): Promise<number[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const files = await this.#findFiles();
    const last = files.at(-1);
    if (last !== undefined) {
      await appendFile(this.#path(last), '\n');
      this.#lastFileBytes = (await stat(this.#path(last))).size;
    }
    this.#files = files;
    return files;
  }

  async #findFiles(): Promise<number[]> {
    const names = await readdir(this.#directory).catch(noneWhenMissing);
    return names
      .filter((name) => /^\d+\.log$/.test(name))
      .map((name) => Number.parseInt(name, 10))
      .sort((first, second) => first - second);
  }

  #path(number: number): string {
    return join(this.#directory, `${String(number).padStart(8, '0')}.log`);
  }
}

function noneWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
