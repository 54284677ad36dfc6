import type { Catalog, CatalogRecord } from '../catalog.ts';
import { DiskFullError } from '../disk-full.ts';
import type { WriterQuestions } from './questions.ts';
import type { StoreThread } from './store-thread.ts';
import type { StepOutcome } from './transaction.ts';

/** The catalog as a table of the database, written by the one writing thread. */
export class SqliteCatalog implements Catalog {
  readonly #writer: StoreThread<WriterQuestions>;

  constructor(writer: StoreThread<WriterQuestions>) {
    this.#writer = writer;
  }

  list(collection: string): Promise<readonly CatalogRecord[]> {
    return this.#writer.ask('list-records', collection);
  }

  async put(collection: string, record: CatalogRecord): Promise<void> {
    demandRoom(await this.#writer.ask('put-record', { collection, record }), collection);
  }

  async remove(collection: string, name: string): Promise<void> {
    demandRoom(await this.#writer.ask('remove-record', { collection, name }), collection);
  }
}

function demandRoom(outcome: StepOutcome, collection: string): void {
  if (outcome === 'disk-full') throw new DiskFullError(`a record of ${collection} was not written`);
}
