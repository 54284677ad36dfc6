import type { FunctionRecord } from '../../function/function.ts';
import type { LayerVersion } from '../../function/layer.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2016-08-19/account-settings` → limits as they are here, and what is used of them. */
export function getAccountSettings(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { account, region } = call.caller;
  const functions = rooms.functions.list(account, region);
  return {
    status: 200,
    body: {
      AccountLimit: {
        TotalCodeSize: 80_530_636_800,
        CodeSizeUnzipped: 262_144_000,
        CodeSizeZipped: 52_428_800,
        ConcurrentExecutions: rooms.concurrencyLimit,
        UnreservedConcurrentExecutions: rooms.allowance.unreserved(),
      },
      AccountUsage: {
        TotalCodeSize: codeBytes(functions, rooms) + layerBytes(rooms.layers.list(account, region), rooms),
        FunctionCount: functions.length,
      },
    },
  };
}

/** All zips of functions, those of their versions included. */
function codeBytes(functions: readonly FunctionRecord[], { versions }: LambdaRooms): number {
  const records = functions.flatMap((record) => [record, ...versions.of(record.key)]);
  return records.reduce((sum, record) => sum + record.package.sizeBytes, 0);
}

/** All zips of layers. */
function layerBytes(newest: readonly LayerVersion[], { layers }: LambdaRooms): number {
  const all = newest.flatMap(({ key }) => layers.of(key));
  return all.reduce((sum, layer) => sum + layer.sizeBytes, 0);
}
