import { functionArn } from '../../function/function.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import { unsupported } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

// Tools that read a function ask these of it too. There is one answer to each here, and it is true.

/** `GET /2021-07-20/functions/{FunctionName}/runtime-management-config?Qualifier` → that what is installed here is used. */
export function getRuntimeManagementConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { record } = existingFunction(call, rooms);
  return { status: 200, body: { UpdateRuntimeOn: 'Auto', FunctionArn: functionArn(record.key) } };
}

/** `PUT /2021-07-20/functions/{FunctionName}/runtime-management-config?Qualifier` → the same; another wish is refused. */
export function putRuntimeManagementConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const members = new Members(jsonObject(call));
  const values = ['Auto', 'Manual', 'FunctionUpdate'];
  const updateOn = members.text('UpdateRuntimeOn', { required: true, values });
  members.end();
  if (members.says('RuntimeVersionArn')) throw unsupported('RuntimeVersionArn');
  if (updateOn !== 'Auto') throw unsupported(`UpdateRuntimeOn ${updateOn}`);
  return getRuntimeManagementConfig(call, rooms);
}
