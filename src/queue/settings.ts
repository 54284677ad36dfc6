import type { QueueKey } from '../message/queue-key.ts';

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterQueue: QueueKey;
  /** 1-1000. A receive beyond it moves the message instead. */
  readonly maxReceiveCount: number;
}

/** Which queues may name this one as their dead-letter queue. */
export type RedriveAllowPolicy =
  | { readonly permission: 'allowAll' | 'denyAll' }
  | { readonly permission: 'byQueue'; readonly sourceQueueArns: readonly string[] };

/** The settings of a queue that its owner may choose; SQS attributes by meaning, with units. */
export interface QueueSettings {
  readonly delayMs: number;
  readonly maximumMessageSizeBytes: number;
  readonly retentionMs: number;
  readonly receiveWaitMs: number;
  readonly visibilityMs: number;
  readonly redrive?: RedrivePolicy;
  readonly redriveAllow?: RedriveAllowPolicy;
  /** Kept and answered, not interpreted. */
  readonly policy?: string;
  readonly kmsMasterKeyId?: string;
  readonly kmsDataKeyReusePeriodMs: number;
  readonly managedSseEnabled: boolean;
  readonly fifo?: FifoSettings;
}

/** Settings of a FIFO queue. */
export interface FifoSettings {
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly throughputLimit: 'perQueue' | 'perMessageGroupId';
}

/** What a new standard queue gets when its creator says nothing. */
export const DEFAULT_SETTINGS: QueueSettings = {
  delayMs: 0,
  maximumMessageSizeBytes: 1_048_576,
  retentionMs: 345_600_000,
  receiveWaitMs: 0,
  visibilityMs: 30_000,
  kmsDataKeyReusePeriodMs: 300_000,
  managedSseEnabled: true,
};

/** What a new FIFO queue gets when its creator says no more. */
export const DEFAULT_FIFO: FifoSettings = {
  contentBasedDeduplication: false,
  deduplicationScope: 'queue',
  throughputLimit: 'perQueue',
};

/** A change of settings: given members replace, `null` removes an optional one; those of FIFO queues may be given one by one. */
export type SettingsChange = {
  readonly [Name in Exclude<keyof QueueSettings, 'fifo'>]?: QueueSettings[Name] | null;
} & { readonly fifo?: Partial<FifoSettings> };
