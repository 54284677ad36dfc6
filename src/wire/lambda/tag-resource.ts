import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { invalidParameter } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';
import { changeTags, taggedResource } from './tagged.ts';

/** `POST /2017-03-31/tags/{Resource}` → 204. */
export async function tagResource(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const tagged = taggedResource(call, rooms);
  const tags = new Members(jsonObject(call)).textMap('Tags');
  if (tags === undefined)
    throw invalidParameter('An error occurred and the request cannot be processed: Tags is missing.');
  await changeTags(tagged, tags, rooms);
  return { status: 204 };
}
