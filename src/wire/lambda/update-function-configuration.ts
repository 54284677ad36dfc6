import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { wholeFunction } from './existing.ts';
import { readFunctionSettings } from './function-members.ts';
import { functionView } from './function-view.ts';
import { functionError } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2015-03-31/functions/{FunctionName}/configuration` → the configuration, its update in progress. */
export async function updateFunctionConfiguration(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const record = wholeFunction(call, rooms);
  const { key, settings } = record;
  const members = new Members(jsonObject(call));
  const revisionId = members.text('RevisionId');
  const change = readFunctionSettings(members, rooms, false, key, settings);
  const changed = await rooms.functions.changeSettings(record.key, change, revisionId);
  if (!changed.ok) throw functionError(changed.failure);
  return { status: 200, body: functionView(changed.value, 'in-progress') };
}
