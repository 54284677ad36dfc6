import type { Mapping } from '../../dispatch/mappings.ts';
import type { RetryBackoff } from '../../dispatch/retry.ts';
import { targetArn } from '../../function/function.ts';
import { queueArn } from '../../message/queue-key.ts';

/** The mapping's own ARN. */
export function mappingArn({ function: target, uuid }: Mapping): string {
  return `arn:aws:lambda:${target.region}:${target.account}:event-source-mapping:${uuid}`;
}

/** A mapping as the Lambda API answers it. */
export function mappingView(mapping: Mapping): Readonly<Record<string, unknown>> {
  const { settings } = mapping;
  return {
    UUID: mapping.uuid,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.batchingWindowMs / 1000,
    EventSourceArn: queueArn(mapping.source),
    FunctionArn: targetArn(mapping.function),
    LastModified: mapping.modifiedAtMs / 1000,
    LastProcessingResult: mapping.lastProcessingResult,
    State: mapping.state,
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: settings.reportBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(settings.divides === undefined ? {} : { BisectBatchOnFunctionError: settings.divides }),
    ...(settings.isPaced === undefined ? {} : { AdaptivePace: settings.isPaced }),
    ...(settings.retryBackoff === undefined ? {} : { RetryBackoff: backoffView(settings.retryBackoff) }),
    ...(settings.filters !== undefined && settings.filters.length > 0
      ? { FilterCriteria: { Filters: settings.filters.map((Pattern) => ({ Pattern })) } }
      : {}),
    ...(settings.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency } }),
    EventSourceMappingArn: mappingArn(mapping),
  };
}

function backoffView({ firstMs, longestMs }: RetryBackoff): Readonly<Record<string, number>> {
  return { FirstDelaySeconds: firstMs / 1000, LongestDelaySeconds: longestMs / 1000 };
}
