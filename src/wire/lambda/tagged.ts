import type { Mapping } from '../../dispatch/mappings.ts';
import type { FunctionRecord } from '../../function/function.ts';
import type { RestCall } from '../rest-protocol.ts';
import { isOfCaller } from './existing-mapping.ts';
import { readFunctionName } from './function-name.ts';
import { functionError, functionNotFound, invalidParameter, mappingError } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';
import { checkTags } from './tags.ts';

const MAPPING_ARN = /^arn:aws:lambda:[a-z0-9-]+:\d{12}:event-source-mapping:([0-9a-f-]+)$/;

/** Something that carries tags. */
export type Tagged =
  | { readonly kind: 'function'; readonly record: FunctionRecord }
  | { readonly kind: 'mapping'; readonly mapping: Mapping };

/** What the path's `{Resource}`, an ARN, names; 404 if it is not there. */
export function taggedResource(call: RestCall, rooms: LambdaRooms): Tagged {
  const arn = call.labels['Resource'] ?? '';
  const uuid = MAPPING_ARN.exec(arn)?.[1];
  if (uuid !== undefined) {
    const mapping = rooms.mappings.get(uuid);
    if (mapping === undefined || !isOfCaller(mapping, call))
      throw mappingError({ kind: 'no-such-mapping', uuid });
    return { kind: 'mapping', mapping };
  }
  if (!arn.startsWith('arn:')) throw invalidParameter(`Tags belong to a resource's ARN: ${arn}`);
  const { key, qualifier } = readFunctionName(arn, call.caller);
  if (qualifier !== undefined)
    throw invalidParameter('Tags on function aliases and versions are not supported.');
  const record = rooms.functions.get(key);
  if (record === undefined) throw functionNotFound(key);
  return { kind: 'function', record };
}

/** The tags of a resource. */
export function tagsOf(tagged: Tagged): Readonly<Record<string, string>> {
  return tagged.kind === 'function' ? tagged.record.settings.tags : tagged.mapping.tags;
}

/** Sets (text) and removes (`null`) tags. */
export async function changeTags(
  tagged: Tagged,
  change: Readonly<Record<string, string | null>>,
  rooms: LambdaRooms,
): Promise<void> {
  const kept = Object.entries({ ...tagsOf(tagged), ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  const tags = Object.fromEntries(kept);
  checkTags(tags);
  if (tagged.kind === 'mapping') {
    const changed = await rooms.mappings.tag(tagged.mapping.uuid, change);
    if (!changed.ok) throw mappingError(changed.failure);
    return;
  }
  const changed = await rooms.functions.tag(tagged.record.key, tags);
  if (!changed.ok) throw functionError(changed.failure);
}
