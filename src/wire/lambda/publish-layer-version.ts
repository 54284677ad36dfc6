import { Members } from '../members.ts';
import { originFor } from '../door.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { functionError } from './lambda-errors.ts';
import { COMPATIBLE_ARCHITECTURES, COMPATIBLE_RUNTIMES } from './compatible.ts';
import { readLayerKey } from './layer-name.ts';
import { wholeLayerView } from './layer-view.ts';
import { readZip } from './package-members.ts';
import type { LambdaRooms } from './rooms.ts';

/** `POST /2018-10-31/layers/{LayerName}/versions` → 201 with the new version. */
export async function publishLayerVersion(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const key = readLayerKey(call);
  const members = new Members(jsonObject(call));
  const description = members.text('Description', { most: 256 }) ?? '';
  const licence = members.text('LicenseInfo', { most: 512 }) ?? '';
  const runtimes = members.textList('CompatibleRuntimes', COMPATIBLE_RUNTIMES) ?? [];
  const architectures = members.textList('CompatibleArchitectures', COMPATIBLE_ARCHITECTURES) ?? [];
  const content = members.structure('Content');
  if (content === undefined) members.missing('Content');
  members.end();
  const facts = { description, licence, runtimes, architectures };
  const made = await rooms.layers.publish(key, facts, readZip(content ?? members));
  if (!made.ok) throw functionError(made.failure);
  const link =
    originFor(call.request, call.caller, rooms.publicOrigin) + rooms.codeLinks.makeForLayer(made.value);
  return { status: 201, body: wholeLayerView(made.value, link) };
}
