import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { readLayerKey, readVersionNumber } from './layer-name.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2018-10-31/layers/{LayerName}/versions/{VersionNumber}` → 204, also when it is not there. */
export async function deleteLayerVersion(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  await rooms.layers.delete(readLayerKey(call), readVersionNumber(call));
  return { status: 204 };
}
