import type { FunctionRecord } from '../../function/function.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { wholeFunction } from './existing.ts';
import { functionView } from './function-view.ts';
import { functionError, invalidParameter, unsupported } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** `POST /2015-03-31/functions/{FunctionName}/versions` → 201 with the version, a new one only if something has changed. */
export async function publishVersion(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { key } = wholeFunction(call, rooms);
  const members = new Members(jsonObject(call));
  const given = members.text('CodeSha256');
  const description = members.text('Description', { most: 256 });
  const revisionId = members.text('RevisionId');
  refusePublishTo(members);
  members.end();
  const done = await rooms.versions.publish(key, {
    ...(given !== undefined && { sha256: Buffer.from(given, 'base64').toString('hex') }),
    ...(description !== undefined && { description }),
    ...(revisionId !== undefined && { revisionId }),
  });
  if (done.ok) return { status: 201, body: functionView(done.value) };
  if (done.failure.kind !== 'other-code') throw functionError(done.failure);
  const current = Buffer.from(done.failure.sha256, 'hex').toString('base64');
  throw invalidParameter(
    `CodeSHA256 (${given}) is different from current CodeSHA256 in $LATEST (${current}). ` +
      'Please try again with the CodeSHA256 in $LATEST.',
  );
}

/** `PublishTo` belongs to functions on instances of their own. */
export function refusePublishTo(members: Members): void {
  if (members.says('PublishTo')) throw unsupported('PublishTo');
}

/** The function as it was created or changed, or, where its request asked for that, the version published of it. */
export async function published(
  rooms: LambdaRooms,
  record: FunctionRecord,
  publish: boolean,
): Promise<FunctionRecord> {
  if (!publish) return record;
  const done = await rooms.versions.publish(record.key, {});
  // Deleted in between: what was asked for has been done.
  return done.ok ? done.value : record;
}
