import type { Alias } from '../../function/aliases.ts';
import { LATEST, type FunctionKey } from '../../function/function.ts';
import type { RestCall } from '../rest-protocol.ts';
import { aliasArn } from './alias-view.ts';
import { readFunctionName } from './function-name.ts';
import { functionNotFound, notFound } from './lambda-errors.ts';
import { ALIAS_NAME, readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** The alias that the path names; 404 if it or its function is not there. `how`: how AWS begins that. */
export function existingAlias(call: RestCall, rooms: LambdaRooms, how = 'Cannot find alias arn'): Alias {
  const key = readAliasedFunction(call, rooms);
  const name = readAliasName(call);
  const alias = rooms.aliases.get(key, name);
  if (alias === undefined) throw notFound(`${how}: ${aliasArn(key, name)}`);
  return alias;
}

/** The function that the path names, whose aliases are meant; 404, with the version wanted of it, if it is not there. */
export function readAliasedFunction(call: RestCall, rooms: LambdaRooms, version?: string): FunctionKey {
  const { key, qualifier = LATEST } = readFunctionName(call.labels['FunctionName'] ?? '', call.caller);
  if (rooms.functions.get(key) === undefined) throw functionNotFound(key, version);
  if (qualifier !== LATEST) throw functionNotFound(key, qualifier);
  return key;
}

/** The alias's name in the path. */
export function readAliasName(call: RestCall): string {
  return readParameter('Name', call.labels['Name'], ALIAS_NAME) ?? '';
}
