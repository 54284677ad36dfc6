import type { AliasSettings } from '../../function/aliases.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { checkRouting, readAlias } from './alias-members.ts';
import { aliasArn, aliasView } from './alias-view.ts';
import { readAliasedFunction } from './existing-alias.ts';
import { conflict, functionError } from './lambda-errors.ts';
import { ALIAS_NAME } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** `POST /2015-03-31/functions/{FunctionName}/aliases` → 201 with the alias. */
export async function createAlias(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const members = new Members(jsonObject(call));
  const name = members.text('Name', ALIAS_NAME) ?? '';
  const { version = '', description = '', additional } = readAlias(members, true);
  const key = readAliasedFunction(call, rooms, version);
  const settings: AliasSettings = { version, description, ...(additional && { additional }) };
  checkRouting(settings);
  const created = await rooms.aliases.create(key, name, settings);
  if (created.ok) return { status: 201, body: aliasView(created.value) };
  if (created.failure.kind !== 'alias-exists') throw functionError(created.failure);
  throw conflict(`Alias already exists: ${aliasArn(key, name)}`);
}
