import type { RunId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { CatalogRecord } from '../catalog.ts';
import type { WriterSettings } from './open-database.ts';
import type { DataRefused } from './refused.ts';
import type { StepOutcome } from './transaction.ts';

/** What the writing thread is told when it starts. */
export interface WriterStart {
  readonly path: string;
  readonly settings: WriterSettings;
}

/** What the database says of itself once this run has been entered in it. */
export interface Opened {
  readonly run: RunId;
  /** The time of the last durable commit; 0 for a new database. */
  readonly lastDurableMs: number;
}

/** What may be asked of the writing thread. */
export type WriterQuestions = {
  readonly open: { readonly ask: undefined; readonly answer: Result<Opened, DataRefused> };
  readonly 'list-records': { readonly ask: string; readonly answer: readonly CatalogRecord[] };
  readonly 'put-record': {
    readonly ask: { readonly collection: string; readonly record: CatalogRecord };
    readonly answer: StepOutcome;
  };
  readonly 'remove-record': {
    readonly ask: { readonly collection: string; readonly name: string };
    readonly answer: StepOutcome;
  };
};
