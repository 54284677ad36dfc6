import { layerArn, type LayerVersion } from '../../function/layer.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { COMPATIBLE_ARCHITECTURES, COMPATIBLE_RUNTIMES } from './compatible.ts';
import { getLayerVersionByArn } from './get-layer-version.ts';
import { readLayerKey } from './layer-name.ts';
import { layerView } from './layer-view.ts';
import { pageOf, type PageRule } from './page.ts';
import { readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

const PAGE = { mostPerPage: 50, mostAsked: 50 } as const;

/** `GET /2018-10-31/layers` → layers with their newest versions, by name; with `find=LayerVersion` one version by its ARN. */
export function listLayers(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { query, caller } = call;
  if (query.get('find') === 'LayerVersion') return getLayerVersionByArn(call, rooms);
  const layers = rooms.layers.list(caller.account, caller.region).filter(wanted(query));
  const rule: PageRule<LayerVersion> = { ...PAGE, nameOf: ({ key }) => key.name };
  const { items, nextMarker } = pageOf(layers, query, rule);
  const views = items.map((layer) => ({
    LayerName: layer.key.name,
    LayerArn: layerArn(layer.key),
    LatestMatchingVersion: layerView(layer),
  }));
  return { status: 200, body: { Layers: views, NextMarker: nextMarker } };
}

/** `GET /2018-10-31/layers/{LayerName}/versions` → its versions, newest first. */
export function listLayerVersions(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const layers = rooms.layers.of(readLayerKey(call)).filter(wanted(call.query));
  // Names of newer versions stand before those of older ones, as the list does.
  const nameOf = ({ version }: LayerVersion): string => String(1e10 - version);
  const { items, nextMarker } = pageOf(layers, call.query, { ...PAGE, nameOf });
  const body = { LayerVersions: items.map(layerView), NextMarker: nextMarker };
  return { status: 200, body };
}

/** The filter that `CompatibleRuntime` and `CompatibleArchitecture` ask for. */
function wanted(query: URLSearchParams): (layer: LayerVersion) => boolean {
  const { item: runtimeRule } = COMPATIBLE_RUNTIMES;
  const runtime = readParameter('CompatibleRuntime', query.get('CompatibleRuntime'), runtimeRule);
  const { item: architectureRule } = COMPATIBLE_ARCHITECTURES;
  const asked = query.get('CompatibleArchitecture');
  const architecture = readParameter('CompatibleArchitecture', asked, architectureRule);
  return ({ runtimes, architectures }) =>
    (runtime === undefined || runtimes.includes(runtime)) &&
    (architecture === undefined || architectures.includes(architecture));
}
