import type { FunctionPolicy, PolicyStatement } from '../../function/policies.ts';
import { RestError } from '../rest-protocol.ts';
import { conflict, notFound, otherRevision } from './lambda-errors.ts';

/** The longest a policy may be (AWS: 20 KB). */
const LARGEST_POLICY_BYTES = 20_480;

/** The statements of a policy with one more. @throws for an id that is there, and for a policy that grows too long. */
export function withStatement(
  before: FunctionPolicy | undefined,
  statement: PolicyStatement,
): readonly PolicyStatement[] {
  const { statements = [] } = before ?? {};
  if (statements.some(({ Sid }) => Sid === statement.Sid)) {
    throw conflict(
      `The statement id (${statement.Sid}) provided already exists. ` +
        'Please provide a new statement id, or remove the existing statement.',
    );
  }
  const now = [...statements, statement];
  const sizeBytes = Buffer.byteLength(JSON.stringify(now));
  if (sizeBytes <= LARGEST_POLICY_BYTES) return now;
  throw new RestError(
    400,
    'PolicyLengthExceededException',
    `The final policy size (${sizeBytes}) is bigger than the limit (${LARGEST_POLICY_BYTES}).`,
  );
}

/** The statements of a policy without one of them; 404 when it is not there. */
export function withoutStatement(before: FunctionPolicy | undefined, id: string): readonly PolicyStatement[] {
  if (before === undefined) throw notFound('No policy is associated with the given resource.');
  const kept = before.statements.filter(({ Sid }) => Sid !== id);
  if (kept.length === before.statements.length)
    throw notFound(`Statement ${id} is not found in resource policy.`);
  return kept;
}

/**
 * Refuses a change that was thought out on another revision; `reader` names the action that tells the latest. `ofOwner`: that of the
 * function which has the policy; AWS knows one for both.
 */
export function checkRevision(
  policy: FunctionPolicy | undefined,
  asked: string | undefined,
  reader: string,
  ofOwner?: string,
): void {
  if (asked !== undefined && asked !== policy?.revisionId && asked !== ofOwner) throw otherRevision(reader);
}

/** A policy as its readers are answered: JSON as text. */
export function policyView({ statements, revisionId }: FunctionPolicy): Readonly<Record<string, unknown>> {
  const policy = { Version: '2012-10-17', Id: 'default', Statement: statements };
  return { Policy: JSON.stringify(policy), RevisionId: revisionId };
}
