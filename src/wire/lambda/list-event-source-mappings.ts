import { targetArn } from '../../function/function.ts';
import { queueArn } from '../../message/queue-key.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { isOfCaller } from './existing-mapping.ts';
import { readTarget } from './function-name.ts';
import { mappingView } from './mapping-view.ts';
import { pageOf } from './page.ts';
import { ANY_ARN, readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/event-source-mappings?EventSourceArn&FunctionName&Marker&MaxItems` → mappings. */
export function listEventSourceMappings(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const arn = readParameter('EventSourceArn', call.query.get('EventSourceArn'), ANY_ARN);
  const name = call.query.get('FunctionName');
  const target = name === null ? undefined : readTarget(name, new URLSearchParams(), call.caller);
  const found = rooms.mappings.list().filter((mapping) => {
    if (!isOfCaller(mapping, call)) return false;
    if (arn !== undefined && queueArn(mapping.source) !== arn) return false;
    return target === undefined || targetArn(mapping.function) === targetArn(target);
  });
  const sorted = found.toSorted((one, other) => (one.uuid < other.uuid ? -1 : 1));
  const page = pageOf(sorted, call.query, {
    mostPerPage: 100,
    mostAsked: 10_000,
    nameOf: (mapping) => mapping.uuid,
  });
  return {
    status: 200,
    body: {
      EventSourceMappings: page.items.map(mappingView),
      NextMarker: page.nextMarker,
    },
  };
}
