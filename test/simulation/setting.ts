import type { SeededRandom } from '../../src/base/random.ts';
import type { SettingsChange } from '../../src/queue/settings.ts';
import { DEFAULT_SETTINGS } from '../../src/queue/settings.ts';
import { WINDOW, type Window } from '../../src/queue/window.ts';
import { mixed, type Mixture } from './plan.ts';
import type { QueueKey } from '../../src/message/queue-key.ts';

/** One queue of a simulation. */
export interface QueuePlan {
  readonly name: string;
  readonly settings: SettingsChange;
  /** Groups that senders choose from; none: messages without a group. */
  readonly groups: readonly string[];
  readonly deadLetters: string | undefined;
}

/** What one seed plays with: the rest is left out, so that what is there happens often. */
export interface Setting extends Mixture {
  readonly queues: readonly QueuePlan[];
  readonly window: Window;
}

/** Room for a few messages: nearly everything goes through the store. */
const TINY: Window = {
  sizeBytes: 900,
  lowCount: 2,
  atHandCount: 1,
  pageCount: 4,
  pageSizeBytes: 10_000,
  expiryCount: 4,
};

/** How likely steps are before a seed changes it. */
const WEIGHTS: Readonly<Record<string, number>> = {
  send: 20,
  receive: 16,
  poll: 3,
  settle: 12,
  'settle-old': 2,
  extend: 4,
  purge: 2,
  'start-move': 2,
  'cancel-move': 1,
  change: 1,
  tag: 1,
  recreate: 0.3,
  disk: 30,
  'disk-all': 6,
  time: 10,
  jump: 1,
  kill: 1.5,
  stop: 0.5,
  full: 0.7,
  low: 0.4,
  break: 0.3,
};

/** Steps that a seed leaves out altogether now and then. */
const OPTIONAL = [
  'poll',
  'settle-old',
  'extend',
  'purge',
  'start-move',
  'change',
  'recreate',
  'jump',
  'kill',
  'full',
];

/** The key of a queue of the simulation. */
export function keyOf(name: string): QueueKey {
  return { account: '000000000000', region: 'us-east-1', name };
}

/** What this seed plays with. */
export function settingOf(random: SeededRandom): Setting {
  const kinds = (['plain', 'fair', 'ordered', 'lanes'] as const).filter(() => random.fraction() < 0.4);
  const queues = (kinds.length === 0 ? (['ordered'] as const) : kinds).flatMap((kind) =>
    queuesOf(kind, random),
  );
  const weights = mixed(random, WEIGHTS, OPTIONAL);
  const window = random.fraction() < 0.7 ? TINY : WINDOW;
  return { queues, window, weights, stepCount: 60 + Math.floor(random.fraction() * 120) };
}

/** A queue, and in front of it the queue of its dead letters. */
function queuesOf(kind: 'plain' | 'fair' | 'ordered' | 'lanes', random: SeededRandom): QueuePlan[] {
  const isFifo = kind === 'ordered' || kind === 'lanes';
  const suffix = isFifo ? '.fifo' : '';
  const name = `${kind}${suffix}`;
  const deadLetters = random.fraction() < 0.5 ? `${kind}-dead${suffix}` : undefined;
  const fifo = {
    contentBasedDeduplication: random.fraction() < 0.5,
    deduplicationScope: kind === 'lanes' ? ('messageGroup' as const) : ('queue' as const),
  };
  const base = isFifo ? { fifo } : {};
  const maxReceiveCount = 1 + Math.floor(random.fraction() * 3);
  const groups = kind === 'plain' ? [] : ['a', 'b', 'c', 'd'].slice(0, 1 + Math.floor(random.fraction() * 4));
  const queue: QueuePlan = {
    ...{ name, groups, deadLetters },
    settings: {
      ...base,
      retentionMs: random.fraction() < 0.1 ? 60_000 : DEFAULT_SETTINGS.retentionMs,
      delayMs: random.fraction() < 0.15 ? 2000 : 0,
      ...(deadLetters !== undefined && { redrive: { deadLetterQueue: keyOf(deadLetters), maxReceiveCount } }),
    },
  };
  if (deadLetters === undefined) return [queue];
  return [{ name: deadLetters, settings: base, groups: [], deadLetters: undefined }, queue];
}
