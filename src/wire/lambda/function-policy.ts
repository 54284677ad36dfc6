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
}

/** The place that path and query name. */
export function policyPlace(call: RestCall, rooms: LambdaRooms): PolicyPlace {
  const { record, qualifier } = existingFunction(call, rooms);
  const target = { ...record.key, ...(qualifier !== undefined && { qualifier }) };
  return { function: record.key, name: qualifier ?? LATEST, arn: targetArn(target) };
}

/** Policies belong to a function as a whole, a version or an alias: AWS takes none that names `$LATEST`. */
export function refuseLatest(call: RestCall, { arn }: PolicyPlace): void {
  if (call.query.get('Qualifier') === LATEST || arn.endsWith(`:${LATEST}`))
    throw invalidParameter('We currently do not support adding policies for $LATEST.');
}
