import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { functionView } from './function-view.ts';
import { brokenMember } from './lambda-errors.ts';
import { pageOf } from './page.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions?FunctionVersion=ALL&Marker&MaxItems` → configurations without their states, by name. */
export function listFunctions(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { account, region } = call.caller;
  const versions = call.query.get('FunctionVersion');
  if (versions !== null && versions !== 'ALL')
    throw brokenMember('functionVersion', versions, 'Member must satisfy enum value set: [ALL]');
  const withVersions = versions === 'ALL';
  const functions = rooms.functions.list(account, region);
  const listed = withVersions
    ? functions.flatMap((record) => [record, ...rooms.versions.of(record.key)])
    : functions;
  const page = pageOf(listed, call.query, {
    mostPerPage: 50,
    mostAsked: 10_000,
    nameOf: ({ key, version }) => (withVersions ? `${key.name}:${version}` : key.name),
  });
  return {
    status: 200,
    body: {
      Functions: page.items.map((record) =>
        functionView(record, 'as-it-is', withVersions ? record.version : undefined),
      ),
      ...(page.nextMarker === undefined ? {} : { NextMarker: page.nextMarker }),
    },
  };
}
