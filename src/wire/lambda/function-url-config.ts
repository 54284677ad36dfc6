import { LATEST, targetArn } from '../../function/function.ts';
import type { Cors, FunctionUrl } from '../../function/function-urls.ts';
import { Members, type TextRule } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall, type RestError } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { readUrlSettings, withGiven } from './function-url-members.ts';
import { conflict, noSuchResource, notFound } from './lambda-errors.ts';
import { pageOf } from './page.ts';
import { readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** How the service model spells that a URL is of a function or of an alias, and of no version. */
const ALIAS: TextRule = { pattern: /((?!^\d+$)^[0-9a-zA-Z-_]+$)/ };

type Place = Pick<FunctionUrl, 'function' | 'name'>;

/** `POST /2021-10-31/functions/{FunctionName}/url?Qualifier` → 201: the function, or the alias named, has a URL. */
export async function createFunctionUrlConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = placeOf(call);
  const given = readUrlSettings(new Members(jsonObject(call)), { required: true });
  const settings = withGiven({ authType: 'NONE', invokeMode: 'BUFFERED' }, given);
  const created = await rooms.urls.create(place, settings, rooms.clock.nowMs());
  if (created.ok) return { status: 201, body: await view(created.value, rooms, false) };
  if (created.failure.kind === 'no-such-function') throw noFunction();
  throw conflict(
    `Failed to create function url config for [functionArn = ${arnOf(place)}]. ` +
      'Error message:  FunctionUrlConfig exists for this Lambda function',
  );
}

/** `GET /2021-10-31/functions/{FunctionName}/url?Qualifier` → the URL. */
export async function getFunctionUrlConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = placeOf(call);
  const url = rooms.urls.get(place.function, place.name);
  if (url === undefined) throw noSuchResource();
  return { status: 200, body: await view(url, rooms) };
}

/** `PUT /2021-10-31/functions/{FunctionName}/url?Qualifier` → the URL; what is not given stays. */
export async function updateFunctionUrlConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = placeOf(call);
  const given = readUrlSettings(new Members(jsonObject(call)), { required: false });
  if (rooms.functions.get(place.function) === undefined) throw noFunction();
  const url = await rooms.urls.change(place, (before) => withGiven(before, given), rooms.clock.nowMs());
  if (url === undefined) throw noSuchResource();
  return { status: 200, body: await view(url, rooms) };
}

/** `DELETE /2021-10-31/functions/{FunctionName}/url?Qualifier` → 204; a new URL will be another one. */
export async function deleteFunctionUrlConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  if (!(await rooms.urls.delete(placeOf(call)))) throw noSuchResource();
  return { status: 204 };
}

/** `GET /2021-10-31/functions/{FunctionName}/urls` → those of the function and of its aliases. */
export async function listFunctionUrlConfigs(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { qualifier: _, ...key } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  if (rooms.functions.get(key) === undefined) throw noFunction();
  const page = pageOf(rooms.urls.of(key), call.query, {
    mostPerPage: 50,
    mostAsked: 50,
    nameOf: ({ name }) => name,
  });
  return {
    status: 200,
    body: {
      FunctionUrlConfigs: await Promise.all(page.items.map((url) => view(url, rooms))),
      NextMarker: page.nextMarker,
    },
  };
}

/** The function or alias that the request names. */
function placeOf(call: RestCall): Place {
  const target = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  const { qualifier, ...key } = target;
  return { function: key, name: readParameter('Qualifier', qualifier, ALIAS) ?? LATEST };
}

async function view(
  url: FunctionUrl,
  rooms: Pick<LambdaRooms, 'urlText'>,
  withChange = true,
): Promise<Readonly<Record<string, unknown>>> {
  const { authType, invokeMode, cors } = url.settings;
  return {
    ...{ FunctionUrl: await rooms.urlText(url), FunctionArn: arnOf(url), AuthType: authType },
    ...(cors !== undefined && { Cors: corsView(cors) }),
    CreationTime: new Date(url.createdAtMs).toISOString(),
    ...(withChange && { LastModifiedTime: new Date(url.modifiedAtMs).toISOString() }),
    InvokeMode: invokeMode,
  };
}

function corsView(cors: Cors): Readonly<Record<string, unknown>> {
  return {
    AllowCredentials: cors.allowCredentials,
    AllowHeaders: cors.allowHeaders,
    AllowMethods: cors.allowMethods,
    AllowOrigins: cors.allowOrigins,
    ExposeHeaders: cors.exposeHeaders,
    MaxAge: cors.maxAgeS,
  };
}

function arnOf({ function: key, name }: Place): string {
  return targetArn(name === LATEST ? key : { ...key, qualifier: name });
}

function noFunction(): RestError {
  return notFound('Function does not exist');
}
