import { join } from 'node:path';
import { SystemClock } from '../base/clock.ts';
import type { RunId } from '../base/ids.ts';
import { ok, type Result } from '../base/result.ts';
import type { Scope } from '../base/scope.ts';
import type { Config } from '../config.ts';
import type { BlobStore } from '../store/blob.ts';
import type { Catalog } from '../store/catalog.ts';
import { FileBlobs } from '../store/files/file-blobs.ts';
import { FileLines } from '../store/files/file-lines.ts';
import type { LineStore } from '../store/lines.ts';
import type { QueueStore } from '../store/queue-store.ts';
import { DataDirectory } from '../store/sqlite/data-directory.ts';
import type { DataRefused } from '../store/sqlite/refused.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';

/** Everything durable, and the clock that never goes behind it. */
export interface Data {
  readonly clock: SystemClock;
  readonly run: RunId;
  readonly queues: QueueStore;
  readonly catalog: Catalog;
  readonly blobs: BlobStore;
  readonly lines: LineStore;
  /** A folder for unpacked code; it can be made again from the blobs. */
  readonly codePath: string;
}

/** Takes the data directory for this process, and opens what is in it. */
export async function openData(
  scope: Scope,
  config: Config,
  host: { readonly log: (line: string) => void; readonly fatal: (what: string) => void },
): Promise<Result<Data, DataRefused>> {
  const directory = DataDirectory.open(config.dataDirectory);
  if (!directory.ok) return directory;
  scope.use(directory.value);
  const { databasePath: path, blobsPath, logsPath } = directory.value;
  const store = await SqliteStore.open({ path, onFatal: host.fatal });
  if (!store.ok) return store;
  const { queues, catalog, run, lastDurableMs } = scope.use(store.value);
  const clock = new SystemClock(lastDurableMs);
  const blobs = await FileBlobs.open({ directory: blobsPath });
  const lines = scope.use(new FileLines({ directory: logsPath, clock, onTrouble: host.log }));
  return ok({ clock, run, queues, catalog, blobs, lines, codePath: join(config.dataDirectory, 'code') });
}
