import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { listedFunctionView } from './function-view.ts';
import { pageOf } from './page.ts';
import { readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

const MASTER_REGION = {
  ...{ least: 1, most: 50 },
  pattern: /^(ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})$/,
} as const;

/** `GET /2015-03-31/functions?FunctionVersion=ALL&Marker&MaxItems` → configurations without their states, by name. */
export function listFunctions(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { account, region } = call.caller;
  const versions = readParameter('FunctionVersion', call.query.get('FunctionVersion'), { values: ['ALL'] });
  const withVersions = versions === 'ALL';
  const master = readParameter('MasterRegion', call.query.get('MasterRegion'), MASTER_REGION);
  // What is replicated from another region: nothing.
  const functions = master === undefined ? rooms.functions.list(account, region) : [];
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
        listedFunctionView(record, withVersions ? record.version : undefined),
      ),
      NextMarker: page.nextMarker,
    },
  };
}
