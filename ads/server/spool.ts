import { mkdirSync, readdirSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { spoolLine, SpoolSegment, type SpooledMessage } from './spool-segment.ts';

/** Where a spool is, and how large it may grow. */
export interface SpoolOptions {
  /** Of this spool alone; one process at a time uses it. */
  readonly directory: string;
  readonly limitBytes: number;
}

interface Append {
  readonly text: string;
  readonly tell: (kept: boolean) => void;
}

const SEGMENT_BYTES = 8 * 1024 * 1024;
const ENDING = '.spool';

/**
 * Messages that the channel could not take, durable on disk until it can. Appends of one moment share one sync; an
 * append is confirmed after the sync, or refused when the spool has its greatest size or the disk is full. They are
 * delivered in the order in which they were appended, also those that an earlier run left.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #segments: SpoolSegment[];
  #file: FileHandle | undefined;
  #nextSegment: number;
  #appends: Append[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: SpoolOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
    const names = readdirSync(options.directory)
      .filter((name) => name.endsWith(ENDING))
      .toSorted();
    this.#segments = names.map((name) => SpoolSegment.reopened(join(options.directory, name)));
    this.#nextSegment = Number(names.at(-1)?.slice(0, -ENDING.length) ?? 0) + 1;
    this.#removeDelivered();
  }

  /** Nothing waits for delivery, and nothing is on its way to the disk. */
  get isEmpty(): boolean {
    return this.#writing === undefined && this.#segments.every((segment) => segment.isDelivered);
  }

  /** How much of its limit is used. */
  get usedBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.durableBytes, 0);
  }

  /** True when the messages are on disk; false when there is no room for them. Never rejects. */
  append(messages: readonly SpooledMessage[]): Promise<boolean> {
    return new Promise((tell) => {
      this.#appends.push({ text: messages.map(spoolLine).join(''), tell });
      this.#writing ??= this.#writeAll();
    });
  }

  /** The oldest messages that wait for delivery, at most `most`. */
  peek(most: number): readonly SpooledMessage[] {
    return this.#segments.find((segment) => !segment.isDelivered)?.peek(most) ?? [];
  }

  /** These messages, the oldest, are delivered; files with nothing else in them are removed. */
  deliver(messages: readonly SpooledMessage[]): void {
    this.#segments.find((segment) => !segment.isDelivered)?.deliver(messages);
    this.#removeDelivered();
  }

  /** Waits for appends under way. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#endSegment();
  }

  #removeDelivered(): void {
    while (this.#segments[0]?.isDelivered === true) {
      const isBeingWritten = this.#segments.length === 1 && this.#file !== undefined;
      if (isBeingWritten) return;
      this.#segments.shift()?.remove();
    }
  }

  async #writeAll(): Promise<void> {
    while (this.#appends.length > 0) {
      const group = this.#appends.splice(0);
      const kept = await this.#writeGroup(Buffer.from(group.map(({ text }) => text).join('')));
      for (const { tell } of group) tell(kept);
    }
    this.#writing = undefined;
  }

  async #writeGroup(bytes: Buffer): Promise<boolean> {
    if (this.usedBytes + bytes.length > this.#options.limitBytes) return false;
    try {
      const [file, segment] = await this.#writable();
      await writeAt(file, bytes, segment.durableBytes);
      await file.datasync();
      segment.durableBytes += bytes.length;
      if (segment.durableBytes >= SEGMENT_BYTES) await this.#endSegment();
      return true;
    } catch (error) {
      console.error('The spool takes nothing:', error instanceof Error ? error.message : error);
      await this.#abandonSegment();
      return false;
    }
  }

  async #writable(): Promise<readonly [FileHandle, SpoolSegment]> {
    const last = this.#segments.at(-1);
    if (this.#file !== undefined && last !== undefined) return [this.#file, last];
    const path = join(this.#options.directory, `${String(this.#nextSegment).padStart(10, '0')}${ENDING}`);
    this.#nextSegment += 1;
    const file = await open(path, 'wx');
    await syncDirectory(this.#options.directory);
    const segment = new SpoolSegment(path, 0, 0);
    this.#file = file;
    this.#segments.push(segment);
    return [file, segment];
  }

  /** What a failed write left behind the durable part is cut off, as far as that can be done; the next file is a new one. */
  async #abandonSegment(): Promise<void> {
    await this.#file?.truncate(this.#segments.at(-1)?.durableBytes ?? 0).catch(() => undefined);
    await this.#endSegment();
  }

  async #endSegment(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
    this.#removeDelivered();
  }
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length)
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** A file that is new in its directory survives a loss of power only after this. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
