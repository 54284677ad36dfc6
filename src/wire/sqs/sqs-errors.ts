import type { CreateFailure, Unavailable } from '../../broker/broker.ts';
import { refusalError, type AwsError } from '../errors.ts';

/** Why an SQS action was refused: what the broker says, and what the reading of the request found. */
export type SqsFailure =
  | { readonly kind: 'no-such-queue' }
  | { readonly kind: 'invalid-address'; readonly address: string }
  | Each<Unavailable['kind']>
  | Each<Exclude<CreateFailure, Unavailable>['kind'], { readonly value: string }>
  | { readonly kind: 'too-many-in-flight' }
  | { readonly kind: 'over-limit'; readonly what: string }
  | { readonly kind: 'deleted-recently' }
  | { readonly kind: 'purge-in-progress'; readonly queueName: string }
  | {
      readonly kind: 'missing-parameter';
      readonly name: string;
      /** In a batch it is the failure of its entry alone. */
      readonly isOfEntry?: boolean;
    }
  | {
      readonly kind: 'invalid-value';
      readonly value: string | number;
      readonly parameter: string;
      readonly reason: string;
    }
  | { readonly kind: 'invalid-parameter'; readonly message: string }
  | { readonly kind: 'unknown-attribute'; readonly name: string }
  | { readonly kind: 'attribute-of-fifo'; readonly message: string }
  | { readonly kind: 'invalid-attribute-value'; readonly name: string; readonly reason?: string }
  | { readonly kind: 'both-encryptions' }
  | { readonly kind: 'invalid-message-contents'; readonly character: string; readonly place: string }
  | Each<'receipt-invalid' | 'receipt-expired' | 'message-gone', { readonly receipt: string }>
  | { readonly kind: 'beyond-twelve-hours'; readonly visibilitySeconds: number }
  | { readonly kind: 'empty-batch'; readonly entryName: string }
  | { readonly kind: 'too-many-entries'; readonly count: number; readonly most: number }
  | { readonly kind: 'ids-not-distinct'; readonly id: string }
  | { readonly kind: 'invalid-entry-id' }
  | { readonly kind: 'batch-too-long'; readonly sizeBytes: number; readonly mostBytes: number }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'no-resource'; readonly what: string }
  | { readonly kind: 'unknown-action'; readonly action: string }
  | { readonly kind: 'foreign-account'; readonly account: string };

/** One member of a union for each kind, all with the same further members. */
type Each<Kind extends string, More = unknown> = Kind extends string ? { readonly kind: Kind } & More : never;

/** How the older Query protocol spells the codes of these errors: with its prefix. */
const PREFIX = 'AWS.SimpleQueueService.';

type Rows = {
  readonly [Kind in SqsFailure['kind']]: (failure: Extract<SqsFailure, { kind: Kind }>) => AwsError;
};

/** The table: what each failure is called on the wire, and what its sentence says. */
const ROWS: Rows = {
  'no-such-queue': () => ({
    type: 'QueueDoesNotExist',
    queryCode: `${PREFIX}NonExistentQueue`,
    status: 400,
    message: 'The specified queue does not exist.',
    queryMessage: 'The specified queue does not exist for this wsdl version.',
  }),
  'invalid-address': (failure) => ({
    type: 'InvalidAddress',
    status: 404,
    message: `The address ${failure.address} is not valid for this endpoint.`,
  }),
  'disk-full': refusalError,
  overloaded: refusalError,
  stopping: refusalError,
  'exists-differently': (failure) => ({
    type: 'QueueNameExists',
    queryCode: 'QueueAlreadyExists',
    status: 400,
    message: `A queue already exists with the same name and a different value for attribute ${failure.value}`,
  }),
  'no-such-dead-letter-queue': (failure) =>
    invalidValue(failure.value, 'RedrivePolicy', 'Dead letter target does not exist.'),
  'dead-letter-queue-of-other-type': (failure) =>
    invalidValue(
      failure.value,
      'RedrivePolicy',
      'Dead-letter queue must be same type of queue as the source.',
    ),
  'dead-letter-queue-refuses': (failure) =>
    invalidValue(
      failure.value,
      'RedrivePolicy',
      'The RedriveAllowPolicy of the dead-letter queue does not allow this source queue.',
    ),
  'too-many-in-flight': () =>
    overLimit(
      'Too many messages have been received without being deleted. ' +
        'Please delete your received messages or let them timeout before receiving more.',
    ),
  'over-limit': (failure) => overLimit(failure.what),
  'deleted-recently': () =>
    prefixed(
      'QueueDeletedRecently',
      'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    ),
  'purge-in-progress': (failure) => ({
    ...prefixed(
      'PurgeQueueInProgress',
      `Only one PurgeQueue operation on ${failure.queueName} is allowed every 60 seconds.`,
    ),
    status: 403,
  }),
  'missing-parameter': (failure) => ({
    type: 'MissingRequiredParameterException',
    queryCode: 'MissingParameter',
    status: 400,
    message: `The request must contain the parameter ${failure.name}.`,
  }),
  'invalid-value': (failure) => invalidValue(failure.value, failure.parameter, failure.reason),
  'invalid-parameter': (failure) => invalidParameter(failure.message),
  'unknown-attribute': (failure) => plain('InvalidAttributeName', `Unknown Attribute ${failure.name}.`),
  'attribute-of-fifo': (failure) => plain('InvalidAttributeName', failure.message),
  'invalid-attribute-value': (failure) =>
    plain(
      'InvalidAttributeValue',
      `Invalid value for the parameter ${failure.name}.${failure.reason ? ` Reason: ${failure.reason}` : ''}`,
    ),
  'both-encryptions': () =>
    plain(
      'InvalidAttributeValue',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    ),
  'invalid-message-contents': (failure) =>
    plain(
      'InvalidMessageContents',
      `Invalid binary character '${failure.character}' was found in the ${failure.place}, the set of allowed characters is ` +
        '#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].',
    ),
  'receipt-invalid': (failure) =>
    plain(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${failure.receipt}" is not a valid receipt handle.`,
    ),
  'receipt-expired': (failure) =>
    invalidValue(failure.receipt, 'ReceiptHandle', 'The receipt handle has expired.'),
  'message-gone': (failure) =>
    invalidValue(
      failure.receipt,
      'ReceiptHandle',
      'Message does not exist or is not available for visibility timeout change.',
    ),
  'beyond-twelve-hours': (failure) =>
    invalidValue(
      failure.visibilitySeconds,
      'VisibilityTimeout',
      'Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
    ),
  'empty-batch': (failure) =>
    prefixed('EmptyBatchRequest', `There should be at least one ${failure.entryName} in the request.`),
  'too-many-entries': (failure) =>
    prefixed(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${failure.most}. You have sent ${failure.count}.`,
    ),
  'ids-not-distinct': (failure) => prefixed('BatchEntryIdsNotDistinct', `Id ${failure.id} repeated.`),
  'invalid-entry-id': () =>
    prefixed(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. ' +
        'It can be at most 80 letters long.',
    ),
  'batch-too-long': (failure) =>
    prefixed(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${failure.mostBytes} bytes. ` +
        `You have sent ${failure.sizeBytes} bytes.`,
    ),
  unsupported: (failure) => prefixed('UnsupportedOperation', failure.what),
  'no-resource': (failure) => ({
    type: 'ResourceNotFoundException',
    status: 404,
    message: failure.what,
  }),
  'unknown-action': (failure) => ({
    type: 'UnknownOperationException',
    queryCode: 'InvalidAction',
    status: 400,
    message: `The action ${failure.action} is not valid for this endpoint.`,
  }),
  'foreign-account': (failure) => ({
    type: 'AccessDeniedException',
    queryCode: 'AccessDenied',
    status: 403,
    message: `Access to the resource is denied: it belongs to account ${failure.account}.`,
  }),
};

/** What a client is told of a failure of an SQS action. */
export function sqsError(failure: SqsFailure): AwsError {
  return (ROWS[failure.kind] as (failure: SqsFailure) => AwsError)(failure);
}

function plain(type: string, message: string): AwsError {
  return { type, status: 400, message };
}

function overLimit(message: string): AwsError {
  return { type: 'OverLimit', status: 403, message };
}

function prefixed(type: string, message: string): AwsError {
  return { type, queryCode: PREFIX + type, status: 400, message };
}

function invalidParameter(message: string): AwsError {
  return { type: 'InvalidParameterValueException', queryCode: 'InvalidParameterValue', status: 400, message };
}

function invalidValue(value: string | number, parameter: string, reason: string): AwsError {
  return invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);
}
