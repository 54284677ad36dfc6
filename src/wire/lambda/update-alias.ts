import type { Alias, AliasSettings } from '../../function/aliases.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { checkRouting, readAlias, type GivenAlias } from './alias-members.ts';
import { aliasArn, aliasView } from './alias-view.ts';
import { existingAlias } from './existing-alias.ts';
import { functionError, notFound } from './lambda-errors.ts';
import { refuseOther } from './provisioned-concurrency.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2015-03-31/functions/{FunctionName}/aliases/{Name}` → the alias as it becomes. */
export async function updateAlias(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const alias = existingAlias(call, rooms, 'Alias not found');
  const members = new Members(jsonObject(call));
  const revisionId = members.text('RevisionId');
  const change = readAlias(members, false);
  checkRouting(asChanged(alias.settings, change));
  refuseProvisioned(alias, change, rooms);
  const changed = await rooms.aliases.change(alias.function, alias.name, change, revisionId);
  if (changed.ok) return { status: 200, body: aliasView(changed.value) };
  if (changed.failure.kind !== 'no-such-alias') throw functionError(changed.failure);
  throw notFound(`Alias not found: ${aliasArn(alias.function, alias.name)}`);
}

/** An alias that has environments provisioned takes them along: not to a version that has its own. */
function refuseProvisioned(alias: Alias, { version }: GivenAlias, rooms: LambdaRooms): void {
  const { function: key, name, settings } = alias;
  const isProvisioned =
    rooms.functions.resolve({ ...key, qualifier: settings.version })?.provisioned?.alias === name;
  const next = version === undefined ? undefined : rooms.functions.resolve({ ...key, qualifier: version });
  if (isProvisioned && next !== undefined) refuseOther(next, name);
}

function asChanged(before: AliasSettings, { version, additional }: GivenAlias): AliasSettings {
  const { additional: kept, ...base } = before;
  const second = additional === undefined ? kept : additional;
  return { ...base, ...(version !== undefined && { version }), ...(second && { additional: second }) };
}
