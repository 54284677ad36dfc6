import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** About what the log of the database grows by with one message. */
const SYNC_BYTES = 8192;
const FILE_BYTES = 4 * 1024 * 1024;
/** So seldom that the disk is not kept busy by it. */
const PAUSE_MS = 20;

/** A file that is written over and synced, as a log is: its size stays. */
export class SyncedFile implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-sync-'));
  readonly #file = openSync(join(this.#folder, 'file'), 'w');
  readonly #bytes = Buffer.alloc(SYNC_BYTES, 1);
  #at = 0;

  constructor() {
    for (let at = 0; at < FILE_BYTES; at += SYNC_BYTES) writeSync(this.#file, this.#bytes, 0, SYNC_BYTES, at);
    fdatasyncSync(this.#file);
  }

  /** Writes and syncs once; answers how many milliseconds that took. */
  overwrite(): number {
    const startMs = performance.now();
    writeSync(this.#file, this.#bytes, 0, SYNC_BYTES, this.#at);
    fdatasyncSync(this.#file);
    this.#at = (this.#at + SYNC_BYTES) % FILE_BYTES;
    return performance.now() - startMs;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true });
  }
}

/** What `work` gives, and how long bare syncs of the same disk took meanwhile, in milliseconds, one every now and then. */
export async function besideSyncs<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly syncsMs: readonly number[] }> {
  using file = new SyncedFile();
  const syncsMs = [file.overwrite()];
  let isDone = false;
  const working = work().finally(() => (isDone = true));
  const syncing = (async (): Promise<void> => {
    while (!isDone) {
      await sleep(PAUSE_MS);
      syncsMs.push(file.overwrite());
    }
  })();
  const [result] = await Promise.all([working, syncing]);
  return { result, syncsMs };
}
