import { setTimeout as sleep } from 'node:timers/promises';
import { Drain } from './drain.ts';
import { Journal } from './journal.ts';
import { NumberedChannel } from './numbered-channel.ts';
import type { SendBatch } from './send-batch.ts';
import { Spool } from './spool.ts';

/** Where a channel leads, and where it keeps what it must remember. */
export interface OpenOptions {
  readonly send: SendBatch;
  /** Sends what is in the spool: nobody waits for it. Default: as `send`. */
  readonly sendSpooled?: SendBatch;
  readonly serverId: string;
  /** Journals of all runs of all ad servers. */
  readonly journals: string;
  /** The spool of this ad server alone. */
  readonly spool: string;
  readonly spoolLimitBytes: number;
  readonly pause?: (pauseMs: number) => Promise<void>;
  /** Default: some milliseconds. */
  readonly rest?: () => Promise<void>;
}

/** A thousand clicks a second travel in a third as many sends at most; one click alone waits for nothing. */
const REST_MS = 3;

/** Opens a channel with its journal, its spool, and what drains it. */
export function openChannel(options: OpenOptions): NumberedChannel {
  const { send, journals, pause = (pauseMs: number): Promise<void> => sleep(pauseMs) } = options;
  const { rest = (): Promise<void> => sleep(REST_MS) } = options;
  const journal = new Journal(journals, options.serverId);
  const spool = new Spool({ directory: options.spool, limitBytes: options.spoolLimitBytes });
  const drain = new Drain({
    spool,
    send: options.sendSpooled ?? send,
    journal,
    journals,
    pause,
  });
  return new NumberedChannel({ send, journal, spool, drain, rest });
}
