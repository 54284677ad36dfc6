import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Filling } from './filling.ts';

/** What a message of 200 bytes may take on the disk, with its indexes and the log beside them. */
const BYTES_OF_MESSAGE = 1200;
const SPARE_BYTES = 2e9;

/** A data directory that is there for as long as it is needed. */
export class ScratchData implements Disposable {
  readonly path: string;

  constructor(folder: string) {
    this.path = mkdtempSync(join(folder, 'millrace-backlog-'));
  }

  /** Fills it through the real store; says how far it is. Refuses when the disk has too little room. */
  async fill(filling: Filling, progress: (line: string) => void, what: string): Promise<void> {
    const { bavail, bsize } = statfsSync(this.path);
    const neededBytes = filling.messages * BYTES_OF_MESSAGE + SPARE_BYTES;
    if (bavail * bsize < neededBytes)
      throw new Error(
        `${this.path} has less than the ${Math.ceil(neededBytes / 1e9)} GB that this bench needs`,
      );
    const program = new URL('filler.ts', import.meta.url).pathname;
    progress(`backlog: ${what}: filling ${filling.messages} messages`);
    const child = spawn(process.execPath, [program, this.path, JSON.stringify(filling)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).on('line', (count) => progress(`backlog: ${what}: ${count}`));
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the filler ended with ${code}`);
    // The first sync of a start would wait for all that the filler wrote.
    await promisify(execFile)('sync', ['--file-system', this.path]);
  }

  /** Bytes of the database. */
  get sizeBytes(): number {
    return statSync(join(this.path, 'millrace.db')).size;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
