import type { EventInvoke, EventInvokeSettings } from '../../function/event-invoke.ts';
import { LATEST, targetArn } from '../../function/function.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall, type RestError } from '../rest-protocol.ts';
import { checkDestinations, readEventInvoke } from './event-invoke-members.ts';
import { readTarget } from './function-name.ts';
import { notFound } from './lambda-errors.ts';
import { pageOf } from './page.ts';
import type { LambdaRooms } from './rooms.ts';

type Place = Pick<EventInvoke, 'function' | 'name'>;

/** `PUT /2019-09-25/functions/{FunctionName}/event-invoke-config?Qualifier` → the rules, in place of all before. */
export function putFunctionEventInvokeConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const given = readEventInvoke(new Members(jsonObject(call)));
  return change(call, rooms, given, () => given);
}

/** `POST /2019-09-25/functions/{FunctionName}/event-invoke-config?Qualifier` → the rules; what is not given stays. */
export function updateFunctionEventInvokeConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const given = readEventInvoke(new Members(jsonObject(call)));
  return change(call, rooms, given, (before) => before && { ...before, ...given });
}

/** `GET /2019-09-25/functions/{FunctionName}/event-invoke-config?Qualifier` → the rules. */
export function getFunctionEventInvokeConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const place = namedPlace(call);
  const found = rooms.eventInvokes.get(place.function, place.name);
  if (found === undefined) throw noConfig(place);
  return { status: 200, body: view(found) };
}

/** `DELETE /2019-09-25/functions/{FunctionName}/event-invoke-config?Qualifier` → 204. */
export async function deleteFunctionEventInvokeConfig(
  call: RestCall,
  rooms: LambdaRooms,
): Promise<RestAnswer> {
  const place = namedPlace(call);
  if (!(await rooms.eventInvokes.delete(place.function, place.name))) throw noConfig(place);
  return { status: 204 };
}

/** `GET /2019-09-25/functions/{FunctionName}/event-invoke-config/list` → the rules of all versions and aliases. */
export function listFunctionEventInvokeConfigs(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { function: key } = placeOf(call, rooms);
  const page = pageOf(rooms.eventInvokes.of(key), call.query, {
    mostPerPage: 50,
    mostAsked: 50,
    nameOf: ({ name }) => name,
  });
  return {
    status: 200,
    body: {
      FunctionEventInvokeConfigs: page.items.map(view),
      NextMarker: page.nextMarker,
    },
  };
}

async function change(
  call: RestCall,
  rooms: LambdaRooms,
  given: EventInvokeSettings,
  make: (before: EventInvokeSettings | undefined) => EventInvokeSettings | undefined,
): Promise<RestAnswer> {
  const place = placeOf(call, rooms);
  checkDestinations(given, place.function, rooms);
  const changed = await rooms.eventInvokes.change({ ...place, modifiedAtMs: rooms.clock.nowMs() }, make);
  if (changed === undefined) throw noConfig(place);
  return { status: 200, body: view(changed) };
}

/** Which rules the request means: those of the version or alias that it names, which must be there. */
function placeOf(call: RestCall, rooms: LambdaRooms): Place {
  const place = namedPlace(call);
  if (rooms.functions.resolve({ ...place.function, qualifier: place.name }) === undefined)
    throw notFound("The function doesn't exist.");
  return place;
}

/** The same, whether or not it is there: without a function there are no rules. */
function namedPlace(call: RestCall): Place {
  const { qualifier = LATEST, ...key } = readTarget(
    call.labels['FunctionName'] ?? '',
    call.query,
    call.caller,
  );
  return { function: key, name: qualifier };
}

function view(rules: EventInvoke): Readonly<Record<string, unknown>> {
  const { maximumRetries, maximumEventAgeMs, onSuccess, onFailure } = rules.settings;
  return {
    LastModified: rules.modifiedAtMs / 1000,
    FunctionArn: arnOf(rules),
    ...(maximumRetries !== undefined && { MaximumRetryAttempts: maximumRetries }),
    ...(maximumEventAgeMs !== undefined && { MaximumEventAgeInSeconds: maximumEventAgeMs / 1000 }),
    DestinationConfig: {
      OnSuccess: onSuccess === undefined ? {} : { Destination: onSuccess },
      OnFailure: onFailure === undefined ? {} : { Destination: onFailure },
    },
  };
}

function noConfig(place: Place): RestError {
  return notFound(`The function ${arnOf(place)} doesn't have an EventInvokeConfig`);
}

function arnOf({ function: key, name }: Place): string {
  return targetArn({ ...key, qualifier: name });
}
