import { unreachable } from '../../base/assert.ts';
import type { NoSuchQueue, Unavailable } from '../../broker/broker.ts';
import type { MappingBusy, MappingFailure, NoSuchMapping } from '../../dispatch/mappings.ts';
import { functionArn, type FunctionKey } from '../../function/function.ts';
import type { NoSuchFunction, PackageRefused, RevisionMismatch } from '../../function/functions.ts';
import type { NoSuchVersion, VersionInUse } from '../../function/versions.ts';
import { queueArn, type QueueKey } from '../../message/queue-key.ts';
import { RestError } from '../rest-protocol.ts';

/** A parameter that AWS would refuse, or that this server does not take; `message` says which and why. */
export function invalidParameter(message: string): RestError {
  return new RestError(400, 'InvalidParameterValueException', message);
}

/** A member whose value breaks a constraint of the service model; `value` undefined: it is not there. */
export function brokenMember(member: string, value: string | undefined, constraint: string): RestError {
  const shown = value === undefined ? 'null' : `'${value}'`;
  return new RestError(
    400,
    'ValidationException',
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** A map of which some `keys`, or some `value`, break the service model; `map` is shown, as AWS does, unless it may be secret. */
export function brokenMap(
  member: string,
  map: Readonly<Record<string, string>> | undefined,
  what: 'keys' | 'value',
  constraints: readonly string[],
): RestError {
  const pairs = Object.entries(map ?? {}).map(([key, value]) => `${key}=${value}`);
  const shown = map === undefined ? '' : ` '{${pairs.join(', ')}}'`;
  return new RestError(
    400,
    'ValidationException',
    `1 validation error detected: Value${shown} at '${member}' failed to satisfy constraint: ` +
      `Map ${what} must satisfy constraint: [${constraints.join(', ')}]`,
  );
}

/** An option of AWS that this server does not have: refused, never silently dropped. */
export function unsupported(option: string): RestError {
  return invalidParameter(`${option} is not supported by this server.`);
}

/** 404 for something that is not there. */
export function notFound(message: string): RestError {
  return new RestError(404, 'ResourceNotFoundException', message);
}

/** 404 in the words that AWS has for most things. */
export function noSuchResource(): RestError {
  return notFound('The resource you requested does not exist.');
}

/** 404 for a function, with the ARN as it was asked for. */
export function functionNotFound(key: FunctionKey, qualifier?: string): RestError {
  return notFound(`Function not found: ${functionArn(key)}${qualifier === undefined ? '' : `:${qualifier}`}`);
}

/** 409 for something whose state forbids what was asked. */
export function conflict(message: string): RestError {
  return new RestError(409, 'ResourceConflictException', message);
}

/** 429: the limit that was reached, in AWS's word and in a sentence. */
export function tooManyRequests(reason: string, message: string): RestError {
  return new RestError(429, 'TooManyRequestsException', message, { Reason: reason });
}

/** 412: what was to be changed has changed meanwhile; `reader` names the action that tells its revision. */
export function otherRevision(reader: string): RestError {
  return new RestError(
    412,
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. ' +
      `Call the ${reader} API to retrieve the latest Revision Id`,
  );
}

/** What a failure of the function room is on the wire. */
export function functionError(
  failure: NoSuchFunction | NoSuchVersion | VersionInUse | PackageRefused | RevisionMismatch,
): RestError {
  switch (failure.kind) {
    case 'no-such-function':
      return functionNotFound(failure.function);
    case 'no-such-version':
      return functionNotFound(failure.function, failure.version);
    case 'version-in-use':
      return conflict(`The version is referenced by the alias ${failure.alias}.`);
    case 'package-refused':
    case 'package-too-large':
      return invalidParameter(failure.reason);
    case 'revision-mismatch':
      return otherRevision('GetFunction/GetAlias');
    default:
      return unreachable(failure);
  }
}

/** What a failure of a mapping is on the wire; `names` are the mapping's. */
export function mappingError(
  failure: MappingFailure | NoSuchMapping | MappingBusy,
  names: { readonly source?: QueueKey; readonly target?: FunctionKey } = {},
): RestError {
  switch (failure.kind) {
    case 'no-such-mapping':
      return noSuchResource();
    case 'mapping-busy':
      return new RestError(
        400,
        'ResourceInUseException',
        'Cannot update the event source mapping because it is being deleted.',
      );
    case 'no-such-function':
      return invalidParameter('Function does not exist');
    case 'no-such-queue':
      return invalidParameter(
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. ' +
          'SQS Error Message: The specified queue does not exist.',
      );
    case 'mapping-exists':
      return conflict(
        `An event source mapping with SQS arn (" ${names.source ? queueArn(names.source) : ''} ") and ` +
          `function (" ${names.target?.name ?? ''} ") already exists. ` +
          `Please update or delete the existing mapping with UUID ${failure.uuid}`,
      );
    case 'visibility-shorter-than-timeout':
      return invalidParameter(
        `Queue visibility timeout: ${failure.visibilityMs / 1000} seconds is less than ` +
          `Function timeout: ${failure.timeoutMs / 1000} seconds`,
      );
    default:
      return unreachable(failure);
  }
}

/** 503: nothing was applied, try again later. */
export function unavailable(failure: Unavailable | NoSuchQueue): RestError {
  const why = {
    'disk-full': 'There is too little free disk space to accept this.',
    overloaded: 'Too much is waiting at this moment.',
    stopping: 'The server is stopping.',
    'no-such-queue': 'The inbox of the function is not there.',
  }[failure.kind];
  return new RestError(503, 'ServiceException', `${why} Try again later.`);
}

/** Errors whose body spells the member `Message`; all others spell it `message` (recorded from AWS). */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'CodeSigningConfigNotFoundException',
  'ServiceException',
]);

/** Errors whose body has no `Type`: they are the protocol's own. */
const WITHOUT_TYPE: ReadonlySet<string> = new Set([
  'ValidationException',
  'SerializationException',
  'UnknownOperationException',
]);

/** The body of an error as the Lambda API writes it. */
export function errorBody(error: {
  readonly type: string;
  readonly status: number;
  readonly message: string;
  readonly details?: Readonly<Record<string, string>>;
}): Readonly<Record<string, string>> {
  const member = CAPITAL_MESSAGE.has(error.type) ? 'Message' : 'message';
  return {
    ...error.details,
    ...(WITHOUT_TYPE.has(error.type) ? {} : { Type: error.status >= 500 ? 'Service' : 'User' }),
    [member]: error.message,
  };
}
