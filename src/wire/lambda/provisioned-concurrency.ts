import { LATEST, targetArn, type FunctionKey, type FunctionRecord } from '../../function/function.ts';
import { Members } from '../members.ts';
import { jsonObject, RestError, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { existingByQualifier, existingFunction, wholeFunction } from './existing.ts';
import { conflict, functionError, invalidParameter } from './lambda-errors.ts';
import { pageOf } from './page.ts';
import type { LambdaRooms } from './rooms.ts';

/** What must stay for functions without a reservation (AWS). */
export const LEAST_UNRESERVED = 100;

/** `PUT /2019-09-30/functions/{FunctionName}/provisioned-concurrency?Qualifier` → 202 with the state of what is being made ready. */
export async function putProvisionedConcurrencyConfig(
  call: RestCall,
  rooms: LambdaRooms,
): Promise<RestAnswer> {
  const { version, alias } = placeOf(call, rooms);
  refuseWeights(call, rooms);
  const members = new Members(jsonObject(call));
  const rule = { required: true, least: 1, most: Number.MAX_SAFE_INTEGER };
  const count = members.whole('ProvisionedConcurrentExecutions', rule) ?? 0;
  members.end();
  refuseOther(version, alias);
  refuseTooMany(version, count, rooms);
  const wanted = { count, ...(alias !== undefined && { alias }) };
  const done = await rooms.versions.provision(version.key, version.version, wanted);
  if (!done.ok) throw functionError(done.failure);
  return { status: 202, body: view(done.value, rooms) };
}

/** `GET /2019-09-30/functions/{FunctionName}/provisioned-concurrency?Qualifier` → the state, or with `List=ALL` those of all versions. */
export function getProvisionedConcurrencyConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  if (call.query.get('List') === 'ALL') return list(call, rooms);
  return { status: 200, body: view(provisionedVersion(call, rooms), rooms) };
}

/** `DELETE /2019-09-30/functions/{FunctionName}/provisioned-concurrency?Qualifier` → 204, also when nothing is provisioned. */
export async function deleteProvisionedConcurrencyConfig(
  call: RestCall,
  rooms: LambdaRooms,
): Promise<RestAnswer> {
  const { version, alias } = placeOf(call, rooms);
  if (!isProvisionedBy(version, alias)) return { status: 204 };
  const done = await rooms.versions.provision(version.key, version.version, undefined);
  if (!done.ok) throw functionError(done.failure);
  return { status: 204 };
}

function list(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { key } = wholeFunction(call, rooms);
  const versions = rooms.versions.of(key).filter(({ provisioned }) => provisioned !== undefined);
  const page = pageOf(versions, call.query, {
    mostPerPage: 50,
    mostAsked: 50,
    nameOf: ({ version }) => version,
  });
  return {
    status: 200,
    body: {
      ProvisionedConcurrencyConfigs: page.items.map((version) => ({
        FunctionArn: targetArn({
          ...version.key,
          qualifier: version.provisioned?.alias ?? version.version,
        }),
        ...view(version, rooms),
      })),
      NextMarker: page.nextMarker,
    },
  };
}

/** What is provisioned comes out of what its function has reserved, or out of what nobody has, of which some must be left (AWS). */
function refuseTooMany(version: FunctionRecord, count: number, rooms: LambdaRooms): void {
  const reserved = rooms.functions.get(version.key)?.reservedConcurrency;
  const ofOthers = provisionedOf(version.key, rooms) - (version.provisioned?.count ?? 0);
  if (reserved !== undefined) {
    if (ofOthers + count <= reserved) return;
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  }
  const unreserved = rooms.allowance.unreserved(version.key) - ofOthers;
  if (count > unreserved) {
    throw invalidParameter(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${unreserved}].`,
    );
  }
  // A platform of few invocations at once keeps none free.
  const least = rooms.concurrencyLimit > LEAST_UNRESERVED ? LEAST_UNRESERVED : 0;
  if (unreserved - count >= least) return;
  throw invalidParameter(
    "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution " +
      `below its minimum value of [${least}].`,
  );
}

/** An alias that leads to two versions cannot have environments ready (AWS). */
function refuseWeights(call: RestCall, rooms: LambdaRooms): void {
  const { record, qualifier = LATEST } = existingFunction(call, rooms);
  if (rooms.aliases.get(record.key, qualifier)?.settings.additional !== undefined)
    throw invalidParameter('Alias with weights can not be used with Provisioned Concurrency');
}

/** What all versions of a function have provisioned together. */
export function provisionedOf(key: FunctionKey, { versions }: LambdaRooms): number {
  return versions.of(key).reduce((sum, { provisioned }) => sum + (provisioned?.count ?? 0), 0);
}

/** The version that a request names, and the alias if it is named by one. */
interface Place {
  readonly version: FunctionRecord;
  readonly alias: string | undefined;
}

function placeOf(call: RestCall, rooms: LambdaRooms): Place {
  const { record, qualifier } = existingByQualifier(call, rooms);
  if (qualifier === undefined || record.version === LATEST) {
    throw invalidParameter(
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    );
  }
  return { version: record, alias: qualifier === record.version ? undefined : qualifier };
}

/** What an alias has provisioned is found by its name alone, and that of a version by its number (AWS). */
function provisionedVersion(call: RestCall, rooms: LambdaRooms): FunctionRecord {
  const { version, alias } = placeOf(call, rooms);
  if (!isProvisionedBy(version, alias)) throw noConfig();
  return version;
}

function isProvisionedBy({ provisioned }: FunctionRecord, alias: string | undefined): boolean {
  return provisioned !== undefined && provisioned.alias === alias;
}

/** One version is provisioned by itself or by one alias (AWS). */
export function refuseOther({ provisioned }: FunctionRecord, alias: string | undefined): void {
  if (provisioned === undefined || provisioned.alias === alias) return;
  throw conflict(
    alias === undefined
      ? 'Version is pointed by a Provisioned Concurrency alias'
      : "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
  );
}

function view(version: FunctionRecord, rooms: LambdaRooms): Readonly<Record<string, unknown>> {
  const { count, modifiedAtMs } = version.provisioned ?? { count: 0, modifiedAtMs: 0 };
  const { started, failure } = rooms.standing(version);
  const available = Math.min(started, count);
  const unready = failure === undefined ? 'IN_PROGRESS' : 'FAILED';
  return {
    RequestedProvisionedConcurrentExecutions: count,
    AvailableProvisionedConcurrentExecutions: available,
    AllocatedProvisionedConcurrentExecutions: available,
    Status: available === count ? 'READY' : unready,
    ...(available < count && failure !== undefined && { StatusReason: REASONS[failure] }),
    LastModified: new Date(modifiedAtMs).toISOString().replace('Z', '+0000'),
  };
}

const REASONS = {
  'not-started': 'An environment of this version did not start: see its log.',
  'no-memory': 'This machine has no memory for more provisioned environments.',
} as const;

function noConfig(): RestError {
  return new RestError(
    404,
    'ProvisionedConcurrencyConfigNotFoundException',
    'No Provisioned Concurrency Config found for this function',
  );
}
