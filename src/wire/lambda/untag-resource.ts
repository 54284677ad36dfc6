import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { brokenMember } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';
import { changeTags, taggedResource } from './tagged.ts';

/** `DELETE /2017-03-31/tags/{Resource}?tagKeys=` → 204. */
export async function untagResource(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const tagged = taggedResource(call, rooms);
  const removed = call.query.getAll('tagKeys').map((key) => [key, null] as const);
  if (removed.length === 0) throw brokenMember('tagKeys', undefined, 'Member must not be null');
  await changeTags(tagged, Object.fromEntries(removed), rooms);
  return { status: 204 };
}
