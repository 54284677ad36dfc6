import type { EnvironmentId, MessageId, RequestId } from '../base/ids.ts';
import type { QueueKey } from '../message/queue-key.ts';

/** Everything worth telling, as it happens. Readers in `watch/` turn it into log lines, figures and timelines. */
export type WatchEvent =
  | { readonly kind: 'sent'; readonly queue: QueueKey; readonly ids: readonly MessageId[] }
  | { readonly kind: 'received'; readonly queue: QueueKey; readonly ids: readonly MessageId[] }
  | { readonly kind: 'settled'; readonly queue: QueueKey; readonly count: number }
  | {
      readonly kind: 'dead-lettered';
      readonly queue: QueueKey;
      readonly target: QueueKey;
      readonly ids: readonly MessageId[];
    }
  | {
      /** By a move task, under new ids. */
      readonly kind: 'moved';
      readonly queue: QueueKey;
      readonly target: QueueKey;
      readonly ids: readonly MessageId[];
    }
  | {
      readonly kind: 'batch-dispatched';
      readonly mapping: string;
      readonly requestId: RequestId;
      readonly ids: readonly MessageId[];
    }
  | {
      readonly kind: 'batch-ended';
      readonly mapping: string;
      readonly requestId: RequestId;
      readonly outcome: string;
      readonly failedIds: readonly MessageId[];
    }
  | {
      /** The concurrency of a mapping went down, or its limit is gone. */
      readonly kind: 'paced';
      readonly mapping: string;
      readonly function: string;
      /** The most batches at once; not given: no limit any more. */
      readonly limit?: number;
      /** Why it went down: `throttled`, `unreachable`, `failing`, `slow`. */
      readonly why: string;
      /** There was no limit before. */
      readonly isFirst: boolean;
    }
  | {
      readonly kind: 'environment-started';
      readonly environmentId: EnvironmentId;
      readonly function: string;
      readonly startMs: number;
    }
  | {
      readonly kind: 'environment-ended';
      readonly environmentId: EnvironmentId;
      readonly function: string;
      readonly why: string;
    }
  | {
      readonly kind: 'invoked';
      readonly function: string;
      readonly requestId: RequestId;
      readonly outcome: string;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'primed';
      readonly function: string;
      readonly tookMs: number;
      /** What went wrong; absent when the function starts faster from now on. */
      readonly why?: string;
    }
  | {
      readonly kind: 'brought';
      /** What was fetched: `python3.11: fetching awslambdaric 4.2.2 from PyPI`. */
      readonly line: string;
      readonly tookMs: number;
      /** A sentence on what went wrong; absent when the part is there now. */
      readonly why?: string;
    }
  /** Nothing is wrong, but whoever runs the platform should know. */
  | { readonly kind: 'noticed'; readonly where: string; readonly what: string }
  | { readonly kind: 'trouble'; readonly where: string; readonly what: string };

/** Where rooms say what happened. Never throws, never waits. */
export type Tell = (event: WatchEvent) => void;
