import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { checkRevision, policyPlace } from './function-policy.ts';
import { notFound } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2015-03-31/functions/{FunctionName}/policy/{StatementId}?Qualifier&RevisionId` → 204. */
export async function removePermission(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = policyPlace(call, rooms);
  const id = call.labels['StatementId'] ?? '';
  const revisionId = call.query.get('RevisionId') ?? undefined;
  await rooms.policies.change(place.function, place.name, (before) => {
    if (before === undefined) throw notFound('No policy is associated with the given resource.');
    const kept = before.statements.filter(({ Sid }) => Sid !== id);
    if (kept.length === before.statements.length)
      throw notFound(`Statement ${id} is not found in resource policy.`);
    checkRevision(before, revisionId);
    return kept;
  });
  return { status: 204 };
}
