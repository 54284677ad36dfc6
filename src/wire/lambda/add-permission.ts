import type { PolicyStatement } from '../../function/policies.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { existingByQualifier } from './existing.ts';
import { policyPlace, refuseLatest } from './function-policy.ts';
import { invalidParameter } from './lambda-errors.ts';
import { ANY_ARN, STATEMENT_ID } from './parameter.ts';
import { checkRevision, withStatement } from './policy-statements.ts';
import type { LambdaRooms } from './rooms.ts';

const ACTION = { required: true, pattern: /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/ } as const;
/** Services of AWS, and those of Alexa. */
const SERVICE = /^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/;
const ACCOUNT = /^\d{12}$/;

/** `POST /2015-03-31/functions/{FunctionName}/policy?Qualifier` → 201 with the statement as JSON text. */
export async function addPermission(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = policyPlace(call, rooms, existingByQualifier);
  refuseLatest(call, place);
  const members = new Members(jsonObject(call));
  const revisionId = members.text('RevisionId');
  const statement = readStatement(members, place.arn);
  await rooms.policies.change(place.function, place.name, (before) => {
    checkRevision(before, revisionId, 'GetFunction/GetAlias', place.revisionId);
    return withStatement(before, statement);
  });
  return { status: 201, body: { Statement: JSON.stringify(statement) } };
}

/** Ends the reading of `members`. */
function readStatement(members: Members, Resource: string): PolicyStatement {
  const Sid = members.text('StatementId', STATEMENT_ID) ?? '';
  const Action = members.text('Action', ACTION);
  const principal = members.text('Principal', { required: true, pattern: /^[^\s]+$/ }) ?? '';
  const Condition = readCondition(members);
  members.end();
  const hasCondition = Object.keys(Condition).length > 0;
  return {
    ...{ Sid, Effect: 'Allow', Principal: principalOf(principal), Action, Resource },
    ...(hasCondition && { Condition }),
  };
}

function readCondition(members: Members): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const equal = {
    'AWS:SourceAccount': members.text('SourceAccount', { pattern: ACCOUNT }),
    'lambda:EventSourceToken': members.text('EventSourceToken', { most: 256, pattern: /^[a-zA-Z0-9._-]+$/ }),
    'aws:PrincipalOrgID': members.text('PrincipalOrgID', { pattern: /^o-[a-z0-9]{10,32}$/ }),
    'lambda:FunctionUrlAuthType': members.text('FunctionUrlAuthType', { values: ['NONE', 'AWS_IAM'] }),
  };
  const sourceArn = members.text('SourceArn', ANY_ARN);
  const viaUrl = members.flag('InvokedViaFunctionUrl');
  const given = Object.entries(equal).filter(([, value]) => value !== undefined);
  return {
    ...(given.length > 0 && { StringEquals: Object.fromEntries(given) }),
    ...(viaUrl !== undefined && { Bool: { 'lambda:InvokedViaFunctionUrl': String(viaUrl) } }),
    ...(sourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
  };
}

/** Everybody, an account, an ARN of IAM, or a service of AWS. */
function principalOf(text: string): unknown {
  if (text === '*') return text;
  if (ACCOUNT.test(text)) return { AWS: `arn:aws:iam::${text}:root` };
  if (/^arn:aws[a-zA-Z-]*:(iam|sts)::\d{12}:.+$/.test(text)) return { AWS: text };
  if (SERVICE.test(text)) return { Service: text };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}
