import { settingsAfter } from '../../dispatch/mappings.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { existingMapping } from './existing-mapping.ts';
import { readTarget } from './function-name.ts';
import { mappingError } from './lambda-errors.ts';
import { checkMappingSettings, readMappingSettings } from './mapping-members.ts';
import { mappingView } from './mapping-view.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2015-03-31/event-source-mappings/{UUID}` → 202 with the mapping as it becomes. */
export async function updateEventSourceMapping(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const mapping = existingMapping(call, rooms);
  const members = new Members(jsonObject(call));
  const name = members.text('FunctionName', { least: 1 });
  const given = readMappingSettings(members);
  checkMappingSettings(mapping.source, settingsAfter(mapping.settings, given));
  const target = name === undefined ? undefined : readTarget(name, new URLSearchParams(), call.caller);
  const change = target === undefined ? given : { ...given, function: target };
  const changed = await rooms.mappings.change(mapping.uuid, change);
  if (!changed.ok) {
    throw mappingError(changed.failure, { source: mapping.source, target: target ?? mapping.function });
  }
  return { status: 202, body: mappingView(changed.value) };
}
