import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2016-08-19/account-settings` → limits as they are here, and what is used of them. */
export function getAccountSettings(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const functions = rooms.functions.list(call.caller.account, call.caller.region);
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
        TotalCodeSize: functions.reduce((sum, record) => sum + record.package.sizeBytes, 0),
        FunctionCount: functions.length,
      },
    },
  };
}
