import { originFor } from '../door.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import { functionView } from './function-view.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions/{FunctionName}` → configuration, a link to the code, tags. */
export function getFunction(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { record, qualifier } = existingFunction(call, rooms);
  const latest = rooms.functions.get(record.key) ?? record;
  const { tags } = latest.settings;
  // AWS tells it of the whole function alone: of a version clients ask GetFunctionConcurrency.
  const reserved = qualifier === undefined ? latest.reservedConcurrency : undefined;
  const link = originFor(call.request, call.caller, rooms.publicOrigin) + rooms.codeLinks.make(record);
  return {
    status: 200,
    body: {
      Configuration: functionView(record, 'as-it-is', qualifier),
      Code: { RepositoryType: 'S3', Location: link },
      ...(reserved !== undefined && { Concurrency: { ReservedConcurrentExecutions: reserved } }),
      ...(Object.keys(tags).length > 0 ? { Tags: tags } : {}),
    },
  };
}
