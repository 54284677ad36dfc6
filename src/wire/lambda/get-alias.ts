import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { aliasView } from './alias-view.ts';
import { existingAlias } from './existing-alias.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions/{FunctionName}/aliases/{Name}` → the alias. */
export function getAlias(call: RestCall, rooms: LambdaRooms): RestAnswer {
  return { status: 200, body: aliasView(existingAlias(call, rooms)) };
}
