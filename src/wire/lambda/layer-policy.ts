import { layerVersionArn, type LayerVersion } from '../../function/layer.ts';
import type { FunctionPolicy, PolicyStatement } from '../../function/policies.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { readLayerKey, readVersionNumber } from './layer-name.ts';
import { notFound } from './lambda-errors.ts';
import { readParameter, STATEMENT_ID } from './parameter.ts';
import { checkRevision, policyView, withoutStatement, withStatement } from './policy-statements.ts';
import type { LambdaRooms } from './rooms.ts';

/** AWS's own word for it. */
const READER = 'GetLayerPolicy';
const ACTION = { required: true, most: 22, pattern: /^lambda:GetLayerVersion$/ } as const;
const PRINCIPAL = { required: true, pattern: /^(\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root)$/ } as const;
const ORGANIZATION = { most: 34, pattern: /^o-[a-z0-9]{10,32}$/ } as const;

/** `POST /2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy?RevisionId` → 201 with the statement as JSON text. */
export async function addLayerVersionPermission(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const place = placeOf(call);
  const statement = readStatement(new Members(jsonObject(call)), layerVersionArn(place));
  const now = await change(call, rooms, place, (before) => withStatement(before, statement));
  return { status: 201, body: { Statement: JSON.stringify(statement), RevisionId: now?.revisionId } };
}

/** `GET /2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy` → the policy as JSON text; 404 when nothing was permitted. */
export function getLayerVersionPolicy(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const place = placeOf(call);
  checkThere(place, rooms);
  const found = rooms.layers.policies.get(place.key, String(place.version));
  if (found === undefined) throw notFound('No policy is associated with the given resource.');
  return { status: 200, body: policyView(found) };
}

/** `DELETE /2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}?RevisionId` → 204. */
export async function removeLayerVersionPermission(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const id = readParameter('StatementId', call.labels['StatementId'], STATEMENT_ID) ?? '';
  await change(call, rooms, placeOf(call), (before) => withoutStatement(before, id));
  return { status: 204 };
}

type Place = Pick<LayerVersion, 'key' | 'version'>;

function placeOf(call: RestCall): Place {
  return { key: readLayerKey(call), version: readVersionNumber(call) };
}

function checkThere(place: Place, { layers }: LambdaRooms): void {
  if (layers.get(place.key, place.version) === undefined)
    throw notFound(`Layer version ${layerVersionArn(place)} does not exist.`);
}

/** Changes the policy of a version that is there, on its latest revision if the request names one. */
function change(
  call: RestCall,
  rooms: LambdaRooms,
  place: Place,
  make: (before: FunctionPolicy | undefined) => readonly PolicyStatement[],
): Promise<FunctionPolicy | undefined> {
  const revisionId = call.query.get('RevisionId') ?? undefined;
  return rooms.layers.policies.change(place.key, String(place.version), (before) => {
    checkThere(place, rooms);
    const now = make(before);
    checkRevision(before, revisionId, READER);
    return now;
  });
}

/** Ends the reading of `members`. */
function readStatement(members: Members, Resource: string): PolicyStatement {
  const Sid = members.text('StatementId', STATEMENT_ID) ?? '';
  const Action = members.text('Action', ACTION);
  const principal = members.text('Principal', PRINCIPAL) ?? '';
  const organization = members.text('OrganizationId', ORGANIZATION);
  members.end();
  return {
    ...{ Sid, Effect: 'Allow', Principal: principalOf(principal), Action, Resource },
    ...(organization !== undefined && {
      Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
    }),
  };
}

function principalOf(text: string): unknown {
  if (text === '*') return text;
  return { AWS: text.startsWith('arn:') ? text : `arn:aws:iam::${text}:root` };
}
