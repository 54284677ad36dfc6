import type { EventInvokeSettings } from '../../function/event-invoke.ts';
import { functionKeyText, parseFunctionArn, type FunctionKey } from '../../function/function.ts';
import { parseQueueArn } from '../../message/queue-key.ts';
import type { Members, TextRule } from '../members.ts';
import { invalidParameter } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** How the service model spells a destination. */
const DESTINATION: TextRule = {
  most: 350,
  pattern:
    /^($|kafka:\/\/([^.]([a-zA-Z0-9-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*))$/,
};

/** Reads `MaximumRetryAttempts`, `MaximumEventAgeInSeconds` and `DestinationConfig`. Ends the reading of `members`. */
export function readEventInvoke(members: Members): EventInvokeSettings {
  const maximumRetries = members.whole('MaximumRetryAttempts', { least: 0, most: 2 });
  const ageSeconds = members.whole('MaximumEventAgeInSeconds', { least: 60, most: 21_600 });
  const destinations = members.structure('DestinationConfig');
  if (maximumRetries === undefined && ageSeconds === undefined && destinations === undefined)
    throw invalidParameter('You must specify at least one of error handling or destination setting.');
  const onSuccess = destinations?.structure('OnSuccess')?.text('Destination', DESTINATION);
  const onFailure = destinations?.structure('OnFailure')?.text('Destination', DESTINATION);
  members.end();
  return {
    ...(maximumRetries !== undefined && { maximumRetries }),
    ...(ageSeconds !== undefined && { maximumEventAgeMs: ageSeconds * 1000 }),
    ...(onSuccess && { onSuccess }),
    ...(onFailure && { onFailure }),
  };
}

/** Refuses a function as destination that is not there, or is the function itself; a queue may come later, as a dead-letter queue may. */
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
  if (target !== undefined && rooms.functions.resolve(target) === undefined)
    throw invalidParameter(`The destination ARN ${arn} is invalid.`);
}
