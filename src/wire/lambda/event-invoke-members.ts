import type { EventInvokeSettings } from '../../function/event-invoke.ts';
import { functionKeyText, parseFunctionArn, type FunctionKey } from '../../function/function.ts';
import { parseQueueArn } from '../../message/queue-key.ts';
import type { Members } from '../members.ts';
import { invalidParameter } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** Reads `MaximumRetryAttempts`, `MaximumEventAgeInSeconds` and `DestinationConfig`. Ends the reading of `members`. */
export function readEventInvoke(members: Members): EventInvokeSettings {
  const maximumRetries = members.whole('MaximumRetryAttempts', { least: 0, most: 2 });
  const ageSeconds = members.whole('MaximumEventAgeInSeconds', { least: 60, most: 21_600 });
  const destinations = members.structure('DestinationConfig');
  if (maximumRetries === undefined && ageSeconds === undefined && destinations === undefined)
    throw invalidParameter('You must specify at least one of error handling or destination setting.');
  const onSuccess = destinations?.structure('OnSuccess')?.text('Destination', { most: 350 });
  const onFailure = destinations?.structure('OnFailure')?.text('Destination', { most: 350 });
  members.end();
  return {
    ...(maximumRetries !== undefined && { maximumRetries }),
    ...(ageSeconds !== undefined && { maximumEventAgeMs: ageSeconds * 1000 }),
    ...(onSuccess && { onSuccess }),
    ...(onFailure && { onFailure }),
  };
}

/** Refuses a destination that is not there, or that is the function itself. */
export function checkDestinations(
  { onSuccess, onFailure }: EventInvokeSettings,
  function_: FunctionKey,
  rooms: LambdaRooms,
): void {
  for (const arn of [onSuccess, onFailure]) {
    if (arn === undefined) continue;
    checkDestination(arn, rooms);
    const target = parseFunctionArn(arn);
    if (target !== undefined && functionKeyText(target) === functionKeyText(function_))
      throw invalidParameter("You can't specify the function as a destination for itself.");
  }
}

function checkDestination(arn: string, rooms: LambdaRooms): void {
  const queue = parseQueueArn(arn);
  const target = parseFunctionArn(arn);
  if (queue === undefined && target === undefined) {
    throw invalidParameter(`The destination ${arn} is neither a queue nor a function of this server.`);
  }
  const isThere =
    queue === undefined
      ? target !== undefined && rooms.functions.resolve(target) !== undefined
      : rooms.queueExists(queue);
  if (!isThere) throw invalidParameter(`The destination ARN ${arn} is invalid: it is not there.`);
}
