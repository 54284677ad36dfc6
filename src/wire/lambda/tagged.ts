import { unreachable } from '../../base/assert.ts';
import type { Mapping } from '../../dispatch/mappings.ts';
import { codeSigningArn, type CodeSigningConfig } from '../../function/code-signing.ts';
import type { FunctionRecord } from '../../function/function.ts';
import type { TextRule } from '../members.ts';
import type { RestCall } from '../rest-protocol.ts';
import { codeSigningGone } from './code-signing-members.ts';
import { isOfCaller } from './existing-mapping.ts';
import { readFunctionName } from './function-name.ts';
import {
  functionError,
  functionNotFound,
  invalidParameter,
  mappingError,
  noSuchResource,
  notFound,
} from './lambda-errors.ts';
import { readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';
import { checkTags } from './tags.ts';

const MAPPING_ARN = /^arn:aws:lambda:[a-z0-9-]+:\d{12}:event-source-mapping:([0-9a-f-]+)$/;
/** How the service model spells the ARN of what can have tags. */
const TAGGABLE: TextRule = {
  ...{ required: true, least: 1, most: 10_000 },
  pattern:
    /^arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})$/,
};

/** Something that carries tags. */
export type Tagged =
  | { readonly kind: 'function'; readonly record: FunctionRecord }
  | { readonly kind: 'mapping'; readonly mapping: Mapping }
  | { readonly kind: 'code-signing'; readonly config: CodeSigningConfig };

/** What the path's `{Resource}`, an ARN, names; 404 if it is not there. */
export function taggedResource(call: RestCall, rooms: LambdaRooms): Tagged {
  const arn = readParameter('Resource', call.labels['Resource'], TAGGABLE) ?? '';
  const uuid = MAPPING_ARN.exec(arn)?.[1];
  if (uuid !== undefined) {
    const mapping = rooms.mappings.get(uuid);
    if (mapping === undefined || !isOfCaller(mapping, call))
      throw notFound(`Event source mapping not found: ${arn}`);
    return { kind: 'mapping', mapping };
  }
  if (arn.includes(':code-signing-config:')) {
    const config = rooms.codeSigning.get(arn);
    if (config?.account !== call.caller.account || config.region !== call.caller.region)
      throw codeSigningGone(arn);
    return { kind: 'code-signing', config };
  }
  if (!arn.includes(':function:')) throw noSuchResource();
  const { key, qualifier } = readFunctionName(arn, call.caller);
  if (qualifier !== undefined)
    throw invalidParameter(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    );
  const record = rooms.functions.get(key);
  if (record === undefined) throw functionNotFound(key);
  return { kind: 'function', record };
}

/** The tags of a resource. */
export function tagsOf(tagged: Tagged): Readonly<Record<string, string>> {
  switch (tagged.kind) {
    case 'function':
      return tagged.record.settings.tags;
    case 'mapping':
      return tagged.mapping.tags;
    case 'code-signing':
      return tagged.config.tags;
    default:
      return unreachable(tagged);
  }
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
  if (tagged.kind === 'code-signing') {
    const arn = codeSigningArn(tagged.config);
    if ((await rooms.codeSigning.tag(arn, tags)) === undefined) throw codeSigningGone(arn);
    return;
  }
  const changed = await rooms.functions.tag(tagged.record.key, tags);
  if (!changed.ok) throw functionError(changed.failure);
}
