import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { wholeFunction } from './existing.ts';
import { listedFunctionView } from './function-view.ts';
import { pageOf } from './page.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions/{FunctionName}/versions?Marker&MaxItems` → `$LATEST`, then the versions, oldest first, without their states. */
export function listVersionsByFunction(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const latest = wholeFunction(call, rooms);
  const page = pageOf([latest, ...rooms.versions.of(latest.key)], call.query, {
    mostPerPage: 50,
    mostAsked: 10_000,
    nameOf: ({ version }) => version,
  });
  return {
    status: 200,
    body: {
      Versions: page.items.map((record) => listedFunctionView(record, record.version)),
      NextMarker: page.nextMarker,
    },
  };
}
