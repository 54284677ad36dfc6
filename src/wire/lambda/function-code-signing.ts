import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { CODE_SIGNING_ARN, signedBy } from './code-signing-members.ts';
import { wholeFunction } from './existing.ts';
import { functionError } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2020-06-30/functions/{FunctionName}/code-signing-config` → the function's configuration, if it has one. */
export function getFunctionCodeSigningConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { key, settings } = wholeFunction(call, rooms);
  return { status: 200, body: { CodeSigningConfigArn: settings.codeSigningArn, FunctionName: key.name } };
}

/** `PUT /2020-06-30/functions/{FunctionName}/code-signing-config` → what the function has now. */
export async function putFunctionCodeSigningConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { key } = wholeFunction(call, rooms);
  const members = new Members(jsonObject(call));
  const arn = members.text('CodeSigningConfigArn', CODE_SIGNING_ARN) ?? '';
  members.end();
  const done = await signedBy(arn, key, rooms, () => rooms.functions.setCodeSigning(key, arn));
  if (!done.ok) throw functionError(done.failure);
  return { status: 200, body: { CodeSigningConfigArn: arn, FunctionName: key.name } };
}

/** `DELETE /2020-06-30/functions/{FunctionName}/code-signing-config` → 204, also when it has none. */
export async function deleteFunctionCodeSigningConfig(
  call: RestCall,
  rooms: LambdaRooms,
): Promise<RestAnswer> {
  const { key } = wholeFunction(call, rooms);
  const done = await rooms.functions.setCodeSigning(key, undefined);
  if (!done.ok) throw functionError(done.failure);
  return { status: 204 };
}
