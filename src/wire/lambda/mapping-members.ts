import type { MappingChange, MappingSettings } from '../../dispatch/mappings.ts';
import type { RetryBackoff } from '../../dispatch/retry.ts';
import { readPattern } from '../../message/pattern.ts';
import type { QueueKey } from '../../message/queue-key.ts';
import { VISIBILITY_SECONDS } from '../../queue/limits.ts';
import type { Members } from '../members.ts';
import { invalidParameter, unsupported } from './lambda-errors.ts';

/** Batches up to this size need no batching window. */
const LARGEST_UNWINDOWED_BATCH = 10;

/** How many patterns a mapping takes, and how long each may be (AWS: 5, and 10 on request; 4,096 characters). */
const MOST_FILTERS = 10;
const LONGEST_PATTERN = 4096;

/** Options that AWS has for streams and topics of other kinds, never for SQS. */
const NOT_FOR_SQS: readonly string[] = [
  'StartingPosition',
  'StartingPositionTimestamp',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
  'ParallelizationFactor',
  'TumblingWindowInSeconds',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'SelfManagedEventSource',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
];

/** Options that this server does not have. */
const UNSUPPORTED: readonly string[] = [
  'KMSKeyArn',
  'MetricsConfig',
  'LoggingConfig',
  'ProvisionedPollerConfig',
];

/** What AWS gives a mapping whose creator says nothing. */
export const MAPPING_DEFAULTS: MappingSettings = {
  batchSize: 10,
  batchingWindowMs: 0,
  reportBatchItemFailures: false,
  enabled: true,
};

/** The settings that a request gives, and nothing for those it does not. Ends the reading of `members`. */
export function readMappingSettings(members: Members): Omit<MappingChange, 'function'> {
  for (const option of NOT_FOR_SQS) {
    if (members.says(option)) throw invalidParameter(`${option} is not valid for SQS event sources.`);
  }
  for (const option of UNSUPPORTED) if (members.says(option)) throw unsupported(option);
  const windowSeconds = members.whole('MaximumBatchingWindowInSeconds', { least: 0, most: 300 });
  const responses = members.textList('FunctionResponseTypes', {
    most: 1,
    item: { values: ['ReportBatchItemFailures'] },
  });
  const scaling = members.structure('ScalingConfig');
  const maximum = scaling?.whole('MaximumConcurrency', { least: 2, most: 1000 });
  const given = {
    batchSize: members.whole('BatchSize', { least: 1, most: 10_000 }),
    batchingWindowMs: windowSeconds === undefined ? undefined : windowSeconds * 1000,
    reportBatchItemFailures: responses === undefined ? undefined : responses.length > 0,
    // An empty ScalingConfig takes the maximum away.
    maximumConcurrency: scaling === undefined ? undefined : (maximum ?? null),
    enabled: members.flag('Enabled'),
    filters: readFilters(members),
    // Of streams in AWS; here it turns off what is on by default.
    divides: members.flag('BisectBatchOnFunctionError'),
    // Our own: AWS has no such members, and its clients cannot say them.
    isPaced: members.flag('AdaptivePace'),
    retryBackoff: readBackoff(members),
  };
  members.end();
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** `RetryBackoff: { FirstDelaySeconds, LongestDelaySeconds }`; an empty one takes it away. */
function readBackoff(members: Members): RetryBackoff | null | undefined {
  const backoff = members.structure('RetryBackoff');
  if (backoff === undefined) return undefined;
  const first = backoff.whole('FirstDelaySeconds', { least: 1, most: VISIBILITY_SECONDS.most });
  const longest = backoff.whole('LongestDelaySeconds', {
    least: first ?? 1,
    most: VISIBILITY_SECONDS.most,
  });
  if (first === undefined && longest === undefined) return null;
  if (first === undefined) backoff.missing('FirstDelaySeconds');
  return { firstMs: (first ?? 1) * 1000, longestMs: (longest ?? VISIBILITY_SECONDS.most) * 1000 };
}

/** The patterns of `FilterCriteria`; an empty one takes all away, with a list in it or without. */
function readFilters(members: Members): readonly string[] | undefined {
  const criteria = members.structure('FilterCriteria');
  if (criteria === undefined) return undefined;
  const filters = criteria.structures('Filters') ?? [];
  if (filters.length > MOST_FILTERS) {
    throw invalidParameter(`A mapping takes at most ${MOST_FILTERS} filters; got ${filters.length}.`);
  }
  return filters.map((filter) => {
    const pattern = filter.text('Pattern', { required: true, most: LONGEST_PATTERN }) ?? '';
    const read = readPattern(pattern);
    if (read.ok) return pattern;
    throw invalidParameter(`Invalid filter pattern definition. (${read.failure.why})`);
  });
}

/** Refuses settings that contradict each other or the kind of their queue. */
export function checkMappingSettings(source: QueueKey, settings: MappingSettings): void {
  const { batchSize, batchingWindowMs } = settings;
  if (source.name.endsWith('.fifo')) {
    if (batchSize > LARGEST_UNWINDOWED_BATCH) {
      throw invalidParameter('Batch size must be at most 10 for FIFO queues.');
    }
    if (batchingWindowMs > 0) {
      throw invalidParameter('Batching window is not supported for FIFO queues.');
    }
  }
  if (batchSize > LARGEST_UNWINDOWED_BATCH && batchingWindowMs === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
}
