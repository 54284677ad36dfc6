import type { Mapping } from '../../dispatch/mappings.ts';
import type { RestCall } from '../rest-protocol.ts';
import { mappingError } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** The mapping that the path's `{UUID}` names, of the caller's account and region; 404 if there is none. */
export function existingMapping(call: RestCall, rooms: LambdaRooms): Mapping {
  // The service model says how long an id is; what is none is not there either.
  const uuid = call.labels['UUID'] ?? '';
  const mapping = rooms.mappings.get(uuid);
  if (mapping === undefined || !isOfCaller(mapping, call))
    throw mappingError({ kind: 'no-such-mapping', uuid });
  return mapping;
}

/** True when the mapping belongs to the caller's account and region. */
export function isOfCaller(mapping: Mapping, call: RestCall): boolean {
  const { account, region } = mapping.function;
  return account === call.caller.account && region === call.caller.region;
}
