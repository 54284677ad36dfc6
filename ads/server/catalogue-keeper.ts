import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { copyText, parseCopy } from './catalogue-copy.ts';
import type { CampaignStates } from './campaign-states.ts';
import type { Catalogue } from './catalogue.ts';

/** What a keeper works with. */
export interface KeeperOptions {
  readonly read: () => Promise<Catalogue>;
  readonly use: (catalogue: Catalogue) => void;
  readonly states: CampaignStates;
  /** Where the last catalogue is kept, for a start without the database. */
  readonly copyPath: string;
}

/** New campaigns and publishers appear within this time. That campaigns stop is heard at once, by messages. */
const EVERY_MS = 5000;

/** Keeps an ad server's copy of the ledger fresh; while the database is away the last one stays in use. */
export class CatalogueKeeper {
  readonly #options: KeeperOptions;
  #copied = '';
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Resolves when there is something to serve from: the copy of an earlier run, or the first reading. */
  async start(): Promise<void> {
    const copy = readCopy(this.#options.copyPath);
    if (copy !== undefined) this.#options.use(copy);
    const first = this.refresh();
    if (copy === undefined) await first;
    this.#timer = setInterval(() => void this.refresh(), EVERY_MS);
  }

  /** Reads the ledger; one reading at a time. Never rejects. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** Waits for a reading under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  async #read(): Promise<void> {
    const beganAtMs = performance.now();
    try {
      const catalogue = await this.#options.read();
      this.#options.use(catalogue);
      this.#options.states.readSince(beganAtMs);
      this.#copy(copyText(catalogue));
    } catch {
      // The last one stays in use.
    }
  }

  #copy(text: string): void {
    if (text === this.#copied) return;
    const { copyPath } = this.#options;
    writeFileSync(`${copyPath}.new`, text);
    renameSync(`${copyPath}.new`, copyPath);
    this.#copied = text;
  }
}

function readCopy(path: string): Catalogue | undefined {
  try {
    return parseCopy(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
