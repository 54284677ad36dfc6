import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { functionView } from './function-view.ts';
import { pageOf } from './page.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions?FunctionVersion=ALL&Marker&MaxItems` → configurations without their states, by name. */
export function listFunctions(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { account, region } = call.caller;
  const page = pageOf(rooms.functions.list(account, region), call.query, {
    mostPerPage: 50,
    mostAsked: 10_000,
    nameOf: (record) => record.key.name,
  });
  const qualified = call.query.get('FunctionVersion') === 'ALL';
  return {
    status: 200,
    body: {
      Functions: page.items.map((record) => functionView(record, 'as-it-is', qualified)),
      ...(page.nextMarker === undefined ? {} : { NextMarker: page.nextMarker }),
    },
  };
}
