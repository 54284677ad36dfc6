import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { policyPlace } from './function-policy.ts';
import { noSuchResource } from './lambda-errors.ts';
import { policyView } from './policy-statements.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions/{FunctionName}/policy?Qualifier` → the policy as JSON text; 404 when nothing was permitted. */
export function getPolicy(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { qualifier, ...key } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  // A version or alias that is not there has no policy, AWS says, and not that it is not there.
  const { functions } = rooms;
  const isThere = qualifier === undefined || functions.resolve({ ...key, qualifier }) !== undefined;
  if (!isThere && functions.get(key) !== undefined) throw noSuchResource();
  const place = policyPlace(call, rooms);
  const found = rooms.policies.get(place.function, place.name);
  if (found === undefined) throw noSuchResource();
  return { status: 200, body: policyView(found) };
}
