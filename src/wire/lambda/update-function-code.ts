import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { wholeFunction } from './existing.ts';
import { functionView } from './function-view.ts';
import { functionError, invalidParameter, unsupported } from './lambda-errors.ts';
import { readArchitecture, readZip } from './package-members.ts';
import { published } from './publish-version.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2015-03-31/functions/{FunctionName}/code` → the configuration, its update in progress. */
export async function updateFunctionCode(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const record = wholeFunction(call, rooms);
  const members = new Members(jsonObject(call));
  const revisionId = members.text('RevisionId');
  const architecture = members.says('Architectures') ? readArchitecture(members) : undefined;
  members.end();
  const publish = members.flag('Publish') === true;
  if (members.flag('DryRun') === true) throw unsupported('DryRun');
  if (architecture !== undefined && architecture !== record.settings.architecture) {
    throw invalidParameter('The architecture of a function cannot be changed on this server.');
  }
  const changed = await rooms.functions.changeCode(record.key, readZip(members), revisionId);
  if (!changed.ok) throw functionError(changed.failure);
  return { status: 200, body: functionView(await published(rooms, changed.value, publish), 'in-progress') };
}
