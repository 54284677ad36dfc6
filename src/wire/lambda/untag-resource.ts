import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import type { LambdaRooms } from './rooms.ts';
import { changeTags, taggedResource } from './tagged.ts';

/** `DELETE /2017-03-31/tags/{Resource}?tagKeys=` → 204. */
export async function untagResource(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const tagged = taggedResource(call, rooms);
  const removed = call.query.getAll('tagKeys').map((key) => [key, null] as const);
  await changeTags(tagged, Object.fromEntries(removed), rooms);
  return { status: 204 };
}
