import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is shown, read at one moment. */
export interface Reading {
  /** By the database's clock. */
  readonly readAtMs: number;
}

/** How the figures of a channel are read. */
export interface ChannelOptions {
  /** Undefined when there are none any more: then watching ends. */
  readonly read: () => Promise<Reading | undefined>;
  /** Whether they must be read at `atMs` though nothing has changed. */
  readonly isDue?: (atMs: number) => boolean;
  /** Between two readings there is at least this time, however much changes. */
  readonly leastPauseMs?: number;
  readonly pause?: (pauseMs: number, signal: AbortSignal) => Promise<unknown>;
}

const LEAST_PAUSE_MS = 150;
/** Readings take this part of the time at most. */
const SHARE = 0.2;
/** A watcher that does not take what it is sent is let go; it comes back when it can. */
const MOST_UNTAKEN_BYTES = 1 << 20;
const STALE = 'event: stale\ndata:\n\n';

/**
 * Figures for all who watch them, read when they have changed, once for everything that changes meanwhile. The events
 * are: the figures (unnamed), `complete` (the last ones still hold, at this time) and `stale` (the ledger cannot be read).
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #watchers = new Set<ServerResponse>();
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #hasChanged = false;
  #isStale = false;
  /** The figures told last, for watchers that come later. */
  #last: string | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.changed();
  }

  /** From now on `watcher` hears what is told; the last figures at once. */
  add(watcher: ServerResponse): void {
    this.#watchers.add(watcher);
    watcher.write(`${this.#last ?? ': welcome\n\n'}${this.#isStale ? STALE : ''}`);
  }

  /** Answers how many are left. */
  remove(watcher: ServerResponse): number {
    this.#watchers.delete(watcher);
    return this.#watchers.size;
  }

  /** The figures may be others than those told last. */
  changed(): void {
    this.#hasChanged = true;
    if (!this.#closing.signal.aborted) this.#running ??= this.#run();
  }

  /** No change before `atMs` is unheard of: what was told last still holds then, unless it is being read again. */
  complete(atMs: number): void {
    if (this.#running !== undefined) return;
    if (this.#isStale || this.#options.isDue?.(atMs) === true) return this.changed();
    this.#tell(`event: complete\ndata: ${Math.floor(atMs)}\n\n`);
  }

  /** Ends all watching; nothing is read any more. */
  close(): void {
    this.#closing.abort();
    for (const watcher of this.#watchers) watcher.end();
  }

  /** Never rejects: figures that cannot be read are told as such. */
  async #run(): Promise<void> {
    const { pause = pauseFor, leastPauseMs = LEAST_PAUSE_MS } = this.#options;
    const { signal } = this.#closing;
    while (this.#hasChanged && !signal.aborted) {
      this.#hasChanged = false;
      const startMs = performance.now();
      await this.#read().catch(() => this.#fail());
      const tookMs = performance.now() - startMs;
      await pause(Math.max(leastPauseMs, tookMs * (1 / SHARE - 1)), signal);
    }
    this.#running = undefined;
  }

  async #read(): Promise<void> {
    const reading = await this.#options.read();
    if (reading === undefined) return this.close();
    this.#isStale = false;
    this.#last = `data: ${JSON.stringify(reading)}\n\n`;
    this.#tell(this.#last);
  }

  #fail(): void {
    this.#isStale = true;
    this.#tell(STALE);
  }

  #tell(event: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.writableLength > MOST_UNTAKEN_BYTES) watcher.destroy();
      else watcher.write(event);
    }
  }
}

async function pauseFor(pauseMs: number, signal: AbortSignal): Promise<void> {
  await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
}
