import { Members } from '../members.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import type { LambdaRooms } from './rooms.ts';
import { changeTags, taggedResource } from './tagged.ts';
import { LONGEST_KEY } from './tags.ts';

/** `DELETE /2017-03-31/tags/{Resource}?tagKeys=` → 204. */
export async function untagResource(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const tagged = taggedResource(call, rooms);
  const asked = call.query.getAll('tagKeys');
  const members = new Members({ TagKeys: asked.length === 0 ? null : asked });
  const keys = members.textList('TagKeys', { required: true, item: { least: 1, most: LONGEST_KEY } }) ?? [];
  members.end();
  await changeTags(tagged, Object.fromEntries(keys.map((key) => [key, null])), rooms);
  return { status: 204 };
}
