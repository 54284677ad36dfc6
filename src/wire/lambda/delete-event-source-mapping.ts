import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { existingMapping } from './existing-mapping.ts';
import { mappingError } from './lambda-errors.ts';
import { mappingView } from './mapping-view.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2015-03-31/event-source-mappings/{UUID}` → 202 with the mapping, in state `Deleting`. */
export async function deleteEventSourceMapping(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { uuid } = existingMapping(call, rooms);
  const deleted = await rooms.mappings.delete(uuid);
  if (!deleted.ok) throw mappingError(deleted.failure);
  return { status: 202, body: mappingView(deleted.value) };
}
