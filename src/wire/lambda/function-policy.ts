import { LATEST, targetArn } from '../../function/function.ts';
import type { FunctionPolicy } from '../../function/policies.ts';
import type { RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import { invalidParameter } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** Whose policy a request means: that of the function, version or alias that it names, which must be there. */
export interface PolicyPlace extends Pick<FunctionPolicy, 'function' | 'name'> {
  /** What statements of this policy are about. */
  readonly arn: string;
  /** Of the function, version or alias. */
  readonly revisionId: string;
}

/** The place that path and query name; `find` says what is not there. */
export function policyPlace(call: RestCall, rooms: LambdaRooms, find = existingFunction): PolicyPlace {
  const { record, qualifier } = find(call, rooms);
  const { key, revisionId: own } = record;
  const { revisionId = own } = (qualifier !== undefined && rooms.aliases.get(key, qualifier)) || {};
  const arn = targetArn({ ...key, ...(qualifier !== undefined && { qualifier }) });
  return { function: key, name: qualifier ?? LATEST, arn, revisionId };
}

/** Policies belong to a function as a whole, a version or an alias: AWS takes none that names `$LATEST`. */
export function refuseLatest(call: RestCall, { arn }: PolicyPlace): void {
  if (call.query.get('Qualifier') === LATEST || arn.endsWith(`:${LATEST}`))
    throw invalidParameter('We currently do not support adding policies for $LATEST.');
}
