import type { Alias } from '../../function/aliases.ts';
import type { RestCall } from '../rest-protocol.ts';
import { aliasArn } from './alias-view.ts';
import { readFunctionName } from './function-name.ts';
import { notFound } from './lambda-errors.ts';
import { ALIAS_NAME, readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** The alias that the path names; 404 if it is not there. */
export function existingAlias(call: RestCall, rooms: LambdaRooms): Alias {
  const { key } = readFunctionName(call.labels['FunctionName'] ?? '', call.caller);
  const name = readParameter('Name', call.labels['Name'], ALIAS_NAME) ?? '';
  const alias = rooms.aliases.get(key, name);
  if (alias === undefined) throw notFound(`Cannot find alias arn: ${aliasArn(key, name)}`);
  return alias;
}
