import type { SeededRandom } from '../../../src/base/random.ts';
import type { MappingSettings } from '../../../src/dispatch/mappings.ts';
import type { EventInvokeSettings } from '../../../src/function/event-invoke.ts';
import { queueArn } from '../../../src/message/queue-key.ts';
import type { SettingsChange } from '../../../src/queue/settings.ts';
import { mixed, type Mixture } from '../plan.ts';
import { keyOf } from '../setting.ts';
import type { Mood } from './sandbox.ts';

/** What one seed plays with: one function, fed by a queue and by its inbox. */
export interface FunctionSetting extends Mixture {
  /** The queue that feeds the function, and the queue of its dead letters, if it has one. */
  readonly source: string;
  readonly dead: string | undefined;
  readonly sourceSettings: SettingsChange;
  readonly mapping: MappingSettings;
  readonly eventRules: EventInvokeSettings;
  readonly concurrency: number;
  readonly mood: Mood;
  readonly hasPoison: boolean;
}

/** The function of every simulation. */
export const FUNCTION = { account: '000000000000', region: 'us-east-1', name: 'f' };

/** Where the ends of asynchronous events are told. */
export const ENDS = 'ends';

/** How long an invocation may take. */
export const TIMEOUT_MS = 3000;

const WEIGHTS: Readonly<Record<string, number>> = {
  send: 12,
  post: 5,
  act: 30,
  disk: 25,
  'disk-all': 10,
  'act-all': 3,
  time: 12,
  kill: 1,
  stop: 0.5,
  full: 0.5,
  break: 0.2,
  enable: 1,
  deploy: 1,
};

const OPTIONAL = ['post', 'act-all', 'kill', 'stop', 'full', 'break', 'enable', 'deploy'];

/** What this seed plays with. */
export function functionSettingOf(random: SeededRandom): FunctionSetting {
  const isFifo = random.fraction() < 0.35;
  const suffix = isFifo ? '.fifo' : '';
  const dead = random.fraction() < 0.6 ? `source-dead${suffix}` : undefined;
  const fifo = { contentBasedDeduplication: true, deduplicationScope: 'queue' as const };
  const maxReceiveCount = 1 + Math.floor(random.fraction() * 3);
  const maximumConcurrency = 2 + Math.floor(random.fraction() * 3);
  const ends = queueArn(keyOf(ENDS));
  return {
    source: `source${suffix}`,
    dead,
    sourceSettings: {
      ...(isFifo && { fifo }),
      visibilityMs: 5000 + Math.floor(random.fraction() * 30_000),
      ...(dead !== undefined && { redrive: { deadLetterQueue: keyOf(dead), maxReceiveCount } }),
    },
    mapping: {
      batchSize: 1 + Math.floor(random.fraction() * 10),
      batchingWindowMs: random.fraction() < 0.3 ? 2000 : 0,
      reportBatchItemFailures: random.fraction() < 0.5,
      enabled: true,
      ...(random.fraction() < 0.4 && { maximumConcurrency }),
    },
    eventRules: { maximumRetries: Math.floor(random.fraction() * 3), onSuccess: ends, onFailure: ends },
    concurrency: 1 + Math.floor(random.fraction() * 5),
    mood: moodOf(random),
    hasPoison: dead !== undefined && random.fraction() < 0.5,
    weights: mixed(random, WEIGHTS, OPTIONAL),
    stepCount: 80 + Math.floor(random.fraction() * 160),
  };
}

function moodOf(random: SeededRandom): Mood {
  const sometimes = (most: number): number => (random.fraction() < 0.5 ? 0 : random.fraction() * most);
  return {
    failsToStart: sometimes(0.3),
    fails: sometimes(0.3),
    failsPartly: sometimes(0.4),
    crashes: sometimes(0.15),
    hangs: sometimes(0.1),
    answersTwice: sometimes(0.2),
  };
}
