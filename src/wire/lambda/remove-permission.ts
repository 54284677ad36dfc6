import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { policyPlace } from './function-policy.ts';
import { readParameter, REMOVED_STATEMENT_ID } from './parameter.ts';
import { checkRevision, withoutStatement } from './policy-statements.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2015-03-31/functions/{FunctionName}/policy/{StatementId}?Qualifier&RevisionId` → 204. */
export async function removePermission(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = policyPlace(call, rooms);
  const id = readParameter('StatementId', call.labels['StatementId'], REMOVED_STATEMENT_ID) ?? '';
  const revisionId = call.query.get('RevisionId') ?? undefined;
  await rooms.policies.change(place.function, place.name, (before) => {
    const kept = withoutStatement(before, id);
    checkRevision(before, revisionId, 'GetFunction/GetAlias', place.revisionId);
    return kept;
  });
  return { status: 204 };
}
