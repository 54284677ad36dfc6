import { LATEST, targetArn, type FunctionRecord } from '../../function/function.ts';
import { Members } from '../members.ts';
import { jsonObject, RestError, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { existingFunction, wholeFunction } from './existing.ts';
import { functionError, invalidParameter } from './lambda-errors.ts';
import { pageOf } from './page.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2019-09-30/functions/{FunctionName}/provisioned-concurrency?Qualifier` → 202 with the state of what is being made ready. */
export async function putProvisionedConcurrencyConfig(
  call: RestCall,
  rooms: LambdaRooms,
): Promise<RestAnswer> {
  const version = versionOf(call, rooms);
  refuseWeights(call, rooms);
  const members = new Members(jsonObject(call));
  const most = rooms.concurrencyLimit;
  const count = members.whole('ProvisionedConcurrentExecutions', { required: true, least: 1, most });
  members.end();
  const reserved = rooms.functions.get(version.key)?.reservedConcurrency;
  if (count !== undefined && reserved !== undefined && count > reserved) {
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  }
  const done = await rooms.versions.provision(version.key, version.version, count);
  if (!done.ok) throw functionError(done.failure);
  return { status: 202, body: view(done.value, rooms) };
}

/** `GET /2019-09-30/functions/{FunctionName}/provisioned-concurrency?Qualifier` → the state, or with `List=ALL` those of all versions. */
export function getProvisionedConcurrencyConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  if (call.query.get('List') === 'ALL') return list(call, rooms);
  const version = versionOf(call, rooms);
  if (version.provisioned === undefined) throw noConfig();
  return { status: 200, body: view(version, rooms) };
}

/** `DELETE /2019-09-30/functions/{FunctionName}/provisioned-concurrency?Qualifier` → 204. */
export async function deleteProvisionedConcurrencyConfig(
  call: RestCall,
  rooms: LambdaRooms,
): Promise<RestAnswer> {
  const version = versionOf(call, rooms);
  if (version.provisioned === undefined) throw noConfig();
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
        FunctionArn: targetArn({ ...version.key, qualifier: version.version }),
        ...view(version, rooms),
      })),
      NextMarker: page.nextMarker,
    },
  };
}

/** An alias that leads to two versions cannot have environments ready (AWS). */
function refuseWeights(call: RestCall, rooms: LambdaRooms): void {
  const { record, qualifier = LATEST } = existingFunction(call, rooms);
  if (rooms.aliases.get(record.key, qualifier)?.settings.additional !== undefined)
    throw invalidParameter('Alias with weights can not be used with Provisioned Concurrency');
}

/** The version that the request names; an alias stands for the version that it leads to now. */
function versionOf(call: RestCall, rooms: LambdaRooms): FunctionRecord {
  const { record, qualifier } = existingFunction(call, rooms);
  if (qualifier === undefined || record.version === LATEST) {
    throw invalidParameter(
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    );
  }
  return record;
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
