import type { Result } from '../base/result.ts';
import type { FunctionTarget } from '../function/function.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { RunningPace } from './dispatcher.ts';
import type { RetryBackoff } from './retry.ts';

/** What a mapping's owner may choose. */
export interface MappingSettings {
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly reportBatchItemFailures: boolean;
  /** Unset: as far as the function's own concurrency reaches. */
  readonly maximumConcurrency?: number;
  readonly enabled: boolean;
  /** Patterns of which a message must match one to be given to the function; not given: all are. */
  readonly filters?: readonly string[];
  /** False: a batch that ends by a crash, a time-out or for lack of memory is not divided to find the message behind it. */
  readonly divides?: boolean;
  /** False: concurrency does not follow what the function says of what is behind it. */
  readonly isPaced?: boolean;
  /** How long failed messages stay hidden; not given: until their visibility time-out ends. */
  readonly retryBackoff?: RetryBackoff;
}

/** The settings that a mapping may have or not. */
type Optional = 'maximumConcurrency' | 'retryBackoff';

/** A change of a mapping: given members replace, `null` removes what may be absent. */
export type MappingChange = Partial<Omit<MappingSettings, Optional>> & {
  readonly [Name in Optional]?: MappingSettings[Name] | null;
} & {
  readonly function?: FunctionTarget;
};

/** Settings as they become by a change; what is taken away is absent. */
export function settingsAfter(
  before: MappingSettings,
  change: Omit<MappingChange, 'function'>,
): MappingSettings {
  const { maximumConcurrency, retryBackoff, ...rest } = { ...before, ...change };
  return {
    ...rest,
    ...(typeof maximumConcurrency === 'number' && { maximumConcurrency }),
    ...(retryBackoff && { retryBackoff }),
  };
}

/** A queue whose messages a function handles. */
export interface Mapping {
  readonly uuid: string;
  readonly source: QueueKey;
  readonly function: FunctionTarget;
  readonly settings: MappingSettings;
  readonly tags: Readonly<Record<string, string>>;
  readonly modifiedAtMs: number;
  readonly state: 'Creating' | 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating' | 'Deleting';
  /** `No records processed`, `OK`, or what went wrong last. */
  readonly lastProcessingResult: string;
  /** How many batches run at once, and how its pace stands; not given while it does not work. */
  readonly pace?: RunningPace;
}

/** Why a mapping was refused. */
export type MappingFailure =
  | { readonly kind: 'no-such-queue'; readonly queue: QueueKey }
  | { readonly kind: 'no-such-function'; readonly function: FunctionTarget }
  | { readonly kind: 'mapping-exists'; readonly uuid: string }
  | {
      readonly kind: 'visibility-shorter-than-timeout';
      readonly visibilityMs: number;
      readonly timeoutMs: number;
    };

/** The mapping named is not there (any more). */
export interface NoSuchMapping {
  readonly kind: 'no-such-mapping';
  readonly uuid: string;
}

/** The mapping is being deleted and takes no change. */
export interface MappingBusy {
  readonly kind: 'mapping-busy';
  readonly uuid: string;
}

/** All mappings of the platform. Every answer means synced to disk. */
export interface Mappings {
  /** Answers the mapping in state `Creating`. */
  create(
    source: QueueKey,
    target: FunctionTarget,
    settings: MappingSettings,
    tags?: Readonly<Record<string, string>>,
  ): Promise<Result<Mapping, MappingFailure>>;
  get(uuid: string): Mapping | undefined;
  /** All of them, in order of creation. */
  list(): readonly Mapping[];
  /** Answers the mapping in state `Enabling`, `Disabling` or `Updating`. */
  change(
    uuid: string,
    change: MappingChange,
  ): Promise<Result<Mapping, NoSuchMapping | MappingBusy | MappingFailure>>;
  /** Sets (text) and removes (`null`) tags. */
  tag(uuid: string, change: Readonly<Record<string, string | null>>): Promise<Result<void, NoSuchMapping>>;
  /** Answers the mapping in state `Deleting`; it is gone once its running batches have ended. */
  delete(uuid: string): Promise<Result<Mapping, NoSuchMapping | MappingBusy>>;
}
