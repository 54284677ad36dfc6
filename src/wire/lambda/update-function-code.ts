import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { wholeFunction } from './existing.ts';
import { functionView } from './function-view.ts';
import { functionError } from './lambda-errors.ts';
import { readArchitecture, readZip } from './package-members.ts';
import { published, refusePublishTo } from './publish-version.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2015-03-31/functions/{FunctionName}/code` → the configuration, its update in progress; of a dry run, what it would be. */
export async function updateFunctionCode(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const record = wholeFunction(call, rooms);
  const members = new Members(jsonObject(call));
  const revisionId = members.text('RevisionId');
  refusePublishTo(members);
  const architecture = members.says('Architectures') ? readArchitecture(members) : undefined;
  members.end();
  const publish = members.flag('Publish') === true;
  const dryRun = members.flag('DryRun') === true;
  if (dryRun) {
    const tried = await rooms.functions.tryCode(record.key, readZip(members), revisionId);
    if (!tried.ok) throw functionError(tried.failure);
    const as = { ...tried.value.settings, ...(architecture && { architecture }) };
    return { status: 200, body: functionView({ ...tried.value, settings: as }) };
  }
  const changed = await rooms.functions.changeCode(record.key, readZip(members), revisionId, architecture);
  if (!changed.ok) throw functionError(changed.failure);
  return { status: 200, body: functionView(await published(rooms, changed.value, publish), 'in-progress') };
}
