import { create, FUNCTION, refused, wait } from './case-steps.ts';
import type { Case, Step } from './cases.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:{account}:';
const FILTERS = { Filters: [{ Pattern: '{"body":{"kind":["order",{"prefix":"re"}]}}' }] };

function createQueue(QueueName: string, Attributes: object = {}): Step {
  return { action: 'CreateQueue', input: { QueueName, Attributes } };
}

const everyOption: Case = {
  name: 'a mapping is made with every option, read, listed, tagged and deleted',
  forCommandLines: true,
  steps: [
    create('mapped'),
    wait('FunctionActiveV2', 'mapped'),
    createQueue('mapped-source'),
    {
      action: 'lambda:CreateEventSourceMapping',
      input: {
        ...{ EventSourceArn: `${QUEUE}mapped-source`, FunctionName: 'mapped', BatchSize: 100 },
        ...{ MaximumBatchingWindowInSeconds: 5, Enabled: true, FilterCriteria: FILTERS },
        ...{ FunctionResponseTypes: ['ReportBatchItemFailures'], Tags: { team: 'a' } },
        ScalingConfig: { MaximumConcurrency: 7 },
      },
      output: {
        ...{ EventSourceArn: `${QUEUE}mapped-source`, FunctionArn: `${FUNCTION}mapped`, BatchSize: 100 },
        ...{ MaximumBatchingWindowInSeconds: 5, State: 'Creating', StateTransitionReason: 'USER_INITIATED' },
        ...{ FilterCriteria: FILTERS, FunctionResponseTypes: ['ReportBatchItemFailures'] },
        ScalingConfig: { MaximumConcurrency: 7 },
        UUID: { $match: '^[0-9a-f-]{36}$' },
      },
      save: { uuid: 'UUID', arn: 'EventSourceMappingArn' },
    },
    {
      action: 'lambda:GetEventSourceMapping',
      input: { UUID: '{uuid}' },
      output: { State: 'Enabled', BatchSize: 100, FilterCriteria: FILTERS },
    },
    {
      action: 'lambda:ListEventSourceMappings',
      input: { FunctionName: 'mapped', EventSourceArn: `${QUEUE}mapped-source` },
      output: { EventSourceMappings: [{ UUID: '{uuid}' }] },
    },
    { action: 'lambda:ListTags', input: { Resource: '{arn}' }, output: { Tags: { team: 'a' } } },
    refused('CreateEventSourceMapping', { EventSourceArn: `${QUEUE}mapped-source`, FunctionName: 'mapped' }, [
      ...([409, 'ResourceConflictException'] as const),
      `An event source mapping with SQS arn (" ${QUEUE}mapped-source ") and function (" mapped ") already exists. Please update or delete the existing mapping with UUID {uuid}`,
    ]),
    {
      action: 'lambda:DeleteEventSourceMapping',
      input: { UUID: '{uuid}' },
      output: { State: 'Deleting', UUID: '{uuid}' },
    },
  ],
};

const changed: Case = {
  name: 'a mapping is changed, loses what it is given empty, and is turned off and on',
  steps: [
    create('remapped'),
    wait('FunctionActiveV2', 'remapped'),
    createQueue('remapped-source'),
    {
      action: 'lambda:CreateEventSourceMapping',
      input: {
        ...{ EventSourceArn: `${QUEUE}remapped-source`, FunctionName: 'remapped', BatchSize: 100 },
        ...{ MaximumBatchingWindowInSeconds: 5, FilterCriteria: FILTERS },
        ...{ FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 7 } },
      },
      save: { uuid: 'UUID' },
    },
    {
      action: 'lambda:UpdateEventSourceMapping',
      input: { UUID: '{uuid}', BatchSize: 5, MaximumBatchingWindowInSeconds: 0, Enabled: false },
      output: { BatchSize: 5, MaximumBatchingWindowInSeconds: 0, State: 'Disabling' },
    },
    {
      action: 'lambda:UpdateEventSourceMapping',
      input: {
        ...{ UUID: '{uuid}', FilterCriteria: { Filters: [] }, FunctionResponseTypes: [] },
        ScalingConfig: {},
      },
      output: { BatchSize: 5 },
      absent: ['FilterCriteria', 'ScalingConfig', 'FunctionResponseTypes.0'],
    },
    {
      action: 'lambda:GetEventSourceMapping',
      input: { UUID: '{uuid}' },
      output: { State: 'Disabled', BatchSize: 5 },
    },
    {
      action: 'lambda:UpdateEventSourceMapping',
      input: { UUID: '{uuid}', Enabled: true },
      output: { State: 'Enabling' },
    },
    { action: 'lambda:GetEventSourceMapping', input: { UUID: '{uuid}' }, output: { State: 'Enabled' } },
  ],
};

const SOURCE = { EventSourceArn: `${QUEUE}refusing-source`, FunctionName: 'refusing' };
const INVALID = [400, 'InvalidParameterValueException'] as const;
const VALIDATION = [400, 'ValidationException'] as const;

function notMapped(input: object, told: readonly [number, string, string]): Step {
  return refused('CreateEventSourceMapping', { ...SOURCE, ...input }, told);
}

const refusals: Case = {
  name: 'a mapping that cannot be is refused in AWS’s words, and none is made',
  steps: [
    create('refusing', { Timeout: 30 }),
    wait('FunctionActiveV2', 'refusing'),
    createQueue('refusing-source'),
    createQueue('refusing-short', { VisibilityTimeout: '10' }),
    createQueue('refusing.fifo', { FifoQueue: 'true' }),
    notMapped({ BatchSize: 11 }, [
      ...INVALID,
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ]),
    notMapped({ BatchSize: 10_001, MaximumBatchingWindowInSeconds: 301 }, [
      ...VALIDATION,
      "2 validation errors detected: Value '301' at 'maximumBatchingWindowInSeconds' failed to satisfy constraint: Member must have value less than or equal to 300; Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ]),
    notMapped({ ScalingConfig: { MaximumConcurrency: 1001 } }, [
      ...VALIDATION,
      "1 validation error detected: Value '1001' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ]),
    notMapped({ EventSourceArn: `${QUEUE}refusing.fifo`, BatchSize: 11, MaximumBatchingWindowInSeconds: 1 }, [
      ...INVALID,
      'Batch size must be at most 10 for FIFO queues.',
    ]),
    notMapped({ EventSourceArn: `${QUEUE}refusing-short` }, [
      ...INVALID,
      'Queue visibility timeout: 10 seconds is less than Function timeout: 30 seconds',
    ]),
    notMapped({ EventSourceArn: `${QUEUE}none` }, [
      ...INVALID,
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
    ]),
    notMapped({ FunctionName: 'none' }, [...INVALID, 'Function does not exist']),
    refused('GetEventSourceMapping', { UUID: '00000000-0000-4000-8000-000000000000' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      'The resource you requested does not exist.',
    ]),
    {
      action: 'lambda:ListEventSourceMappings',
      input: { FunctionName: 'refusing' },
      output: { EventSourceMappings: [] },
    },
  ],
};

const partial: Case = {
  name: 'of a batch, what the function reports as failed is set aside, and the rest is gone',
  steps: [
    create(
      'reporter',
      {},
      `export const handler = async ({ Records }) => ({ batchItemFailures:
        Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })) });`,
    ),
    wait('FunctionActiveV2', 'reporter'),
    createQueue('reporter-dead'),
    createQueue('reporter-source', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${QUEUE}reporter-dead`, maxReceiveCount: 1 }),
    }),
    {
      action: 'lambda:CreateEventSourceMapping',
      input: {
        ...{ EventSourceArn: `${QUEUE}reporter-source`, FunctionName: 'reporter' },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    ...['good', 'bad', 'fine'].map((MessageBody) => ({
      action: 'SendMessage',
      input: { QueueUrl: '{endpoint}/{account}/reporter-source', MessageBody },
    })),
    {
      action: 'ReceiveMessage',
      input: { QueueUrl: '{endpoint}/{account}/reporter-dead', WaitTimeSeconds: 20 },
      output: { Messages: [{ Body: 'bad' }] },
    },
    {
      action: 'GetQueueAttributes',
      input: { QueueUrl: '{endpoint}/{account}/reporter-dead', AttributeNames: ['All'] },
      output: {
        Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' },
      },
    },
  ],
};

/** The cases of event source mappings. */
export const mappingCases: readonly Case[] = [everyOption, changed, refusals, partial];
