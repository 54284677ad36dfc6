import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import type { LambdaRooms } from './rooms.ts';
import { taggedResource, tagsOf } from './tagged.ts';

/** `GET /2017-03-31/tags/{Resource}` → the tags. */
export function listTags(call: RestCall, rooms: LambdaRooms): RestAnswer {
  return { status: 200, body: { Tags: tagsOf(taggedResource(call, rooms)) } };
}
