import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { VERSION } from './alias-members.ts';
import { aliasView } from './alias-view.ts';
import { wholeFunction } from './existing.ts';
import { pageOf } from './page.ts';
import { readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions/{FunctionName}/aliases?FunctionVersion&Marker&MaxItems` → aliases, by name. */
export function listAliases(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { key } = wholeFunction(call, rooms);
  const wanted = readParameter('FunctionVersion', call.query.get('FunctionVersion'), VERSION);
  const aliases = rooms.aliases.of(key).filter(({ settings }) => {
    return wanted === undefined || settings.version === wanted || settings.additional?.version === wanted;
  });
  const page = pageOf(aliases, call.query, {
    mostPerPage: 50,
    mostAsked: 10_000,
    nameOf: ({ name }) => name,
  });
  return {
    status: 200,
    body: {
      Aliases: page.items.map(aliasView),
      NextMarker: page.nextMarker,
    },
  };
}
