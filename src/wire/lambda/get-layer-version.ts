import { originFor } from '../door.ts';
import { parseLayerVersionArn, type LayerVersion } from '../../function/layer.ts';
import { RestError, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { existingLayer, readVersionNumber } from './layer-name.ts';
import { noSuchResource } from './lambda-errors.ts';
import { wholeLayerView } from './layer-view.ts';
import { readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** How the service model spells the ARN of a layer version. */
const VERSION_ARN = {
  ...{ required: true, least: 1, most: 2048 },
  pattern:
    /^((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))$/,
} as const;

/** `GET /2018-10-31/layers/{LayerName}/versions/{VersionNumber}` → the version and a link to its zip. */
export function getLayerVersion(call: RestCall, rooms: LambdaRooms): RestAnswer {
  return answer(call, rooms, existingLayer(call, rooms));
}

/** `GET /2018-10-31/layers?find=LayerVersion&Arn` → the same. */
export function getLayerVersionByArn(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const arn = readParameter('Arn', call.query.get('Arn'), VERSION_ARN) ?? '';
  const named = parseLayerVersionArn(arn);
  if (named === undefined) throw noSuchResource();
  const layer = rooms.layers.get(named.key, named.version);
  if (layer === undefined) throw noSuchResource();
  return answer(call, rooms, layer);
}

/** Where such a link leads: the zip. No operation of AWS, which answers from S3. */
export async function getLayerContent(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const name = call.labels['LayerName'] ?? '';
  const named = rooms.codeLinks.checkForLayer(name, readVersionNumber(call), call.query);
  if (named === undefined) {
    const why = 'This link has expired, or was not made by this server.';
    throw new RestError(403, 'AccessDeniedException', why);
  }
  const layer = rooms.layers.get(named.key, named.version);
  if (layer === undefined) throw noSuchResource();
  const zip = await rooms.layers.zip(layer);
  return { status: 200, headers: { 'Content-Type': 'application/zip' }, body: zip };
}

function answer(call: RestCall, { codeLinks, publicOrigin }: LambdaRooms, layer: LayerVersion): RestAnswer {
  const link = originFor(call.request, call.caller, publicOrigin) + codeLinks.makeForLayer(layer);
  return { status: 200, body: wholeLayerView(layer, link) };
}
