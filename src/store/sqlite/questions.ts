import type { RunId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { CatalogRecord } from '../catalog.ts';
import type { HandedOver } from './group-code.ts';
import type { WriterSettings } from './open-database.ts';
import type { LaneAsk, PackedLanePage } from './lane-reader.ts';
import type { PackedPage } from './packed.ts';
import type { PageAsk } from './pages.ts';
import type { PackedSends, SendsAsk } from './sends-reader.ts';
import type { DataRefused } from './refused.ts';
import type { PackedQueues } from './stored-queues.ts';
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
  readonly 'all-queues': { readonly ask: LoadAsk; readonly answer: QueuesAnswer };
  readonly 'one-queue': {
    readonly ask: LoadAsk & { readonly queue: number };
    readonly answer: PackedQueues;
  };
  readonly commit: { readonly ask: HandedOver; readonly answer: StepOutcome };
  /** Brings all messages to their rows, where the reading thread finds them. */
  readonly 'move-to-rows': { readonly ask: undefined; readonly answer: StepOutcome };
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

/** When to look for leases and delays, and how many delays of a queue to name. */
export interface LoadAsk {
  readonly nowMs: number;
  readonly delayedLimit: number;
}

/** All queues, and the first number that no queue has had. */
export interface QueuesAnswer extends PackedQueues {
  readonly nextQueue: number;
}

/** What may be asked of the reading thread. */
export type ReaderQuestions = {
  readonly page: { readonly ask: PageAsk; readonly answer: PackedPage };
  readonly 'lane-page': { readonly ask: LaneAsk; readonly answer: PackedLanePage };
  readonly 'remembered-sends': { readonly ask: SendsAsk; readonly answer: PackedSends };
  readonly read: {
    readonly ask: { readonly queue: number; readonly orders: readonly number[] };
    readonly answer: PackedPage;
  };
  readonly expired: {
    readonly ask: { readonly queue: number; readonly sentBeforeMs: number; readonly limit: number };
    readonly answer: PackedPage;
  };
};
