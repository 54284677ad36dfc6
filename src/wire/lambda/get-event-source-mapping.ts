import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { existingMapping } from './existing-mapping.ts';
import { mappingView } from './mapping-view.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/event-source-mappings/{UUID}` → the mapping. */
export function getEventSourceMapping(call: RestCall, rooms: LambdaRooms): RestAnswer {
  return { status: 200, body: mappingView(existingMapping(call, rooms)) };
}
