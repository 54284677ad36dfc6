import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { policyPlace, refuseLatest, type PolicyPlace } from './function-policy.ts';
import { noSuchResource } from './lambda-errors.ts';
import { readParameter } from './parameter.ts';
import { readPolicyDocument } from './policy-document.ts';
import { checkRevision, policyView } from './policy-statements.ts';
import type { LambdaRooms } from './rooms.ts';

const READER = 'GetResourcePolicy';

/** How the service model spells the ARN of a function, version or alias that has a policy. */
const RESOURCE_ARN = {
  ...{ required: true, most: 512 },
  pattern:
    /^arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:function:[a-zA-Z0-9-_]+(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_])+)?$/,
} as const;

/** `PUT /2026-07-09/resource-policy/{ResourceArn}` → the policy, in place of all permissions before. */
export async function putResourcePolicy(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = placeOf(call, rooms);
  refuseLatest(call, place);
  const members = new Members(jsonObject(call));
  const revisionId = members.text('RevisionId');
  const text = members.text('Policy', { required: true, least: 1, most: 20_480 }) ?? '';
  members.end();
  const statements = readPolicyDocument(text, place.arn);
  const now = await rooms.policies.change(place.function, place.name, (before) => {
    checkRevision(before, revisionId, READER);
    return statements;
  });
  return { status: 200, body: now && policyView(now) };
}

/** `GET /2026-07-09/resource-policy/{ResourceArn}` → the policy as JSON text, with what AddPermission added; 404 when there is none. */
export function getResourcePolicy(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const place = placeOf(call, rooms);
  const found = rooms.policies.get(place.function, place.name);
  if (found === undefined) throw noSuchResource();
  return { status: 200, body: policyView(found) };
}

/** `DELETE /2026-07-09/resource-policy/{ResourceArn}?RevisionId` → 204. */
export async function deleteResourcePolicy(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = placeOf(call, rooms);
  const revisionId = call.query.get('RevisionId') ?? undefined;
  await rooms.policies.change(place.function, place.name, (before) => {
    if (before === undefined) throw noSuchResource();
    checkRevision(before, revisionId, READER);
    return [];
  });
  return { status: 204 };
}

function placeOf(call: RestCall, rooms: LambdaRooms): PolicyPlace {
  const FunctionName = readParameter('ResourceArn', call.labels['ResourceArn'], RESOURCE_ARN) ?? '';
  return policyPlace({ ...call, labels: { FunctionName } }, rooms);
}
