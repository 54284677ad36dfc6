import { parseQueueArn, type QueueKey } from '../../message/queue-key.ts';
import { settingsAfter } from '../../dispatch/mappings.ts';
import type { Caller } from '../caller.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { invalidParameter, mappingError } from './lambda-errors.ts';
import { checkMappingSettings, MAPPING_DEFAULTS, readMappingSettings } from './mapping-members.ts';
import { mappingView } from './mapping-view.ts';
import type { LambdaRooms } from './rooms.ts';
import { checkTags } from './tags.ts';

/** `POST /2015-03-31/event-source-mappings` → 202 with the mapping, in state `Creating`. */
export async function createEventSourceMapping(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const members = new Members(jsonObject(call));
  const name = members.text('FunctionName', { required: true, least: 1 });
  const arn = members.text('EventSourceArn');
  const tags = members.textMap('Tags') ?? {};
  if (arn === undefined) throw invalidParameter('Unrecognized event source.');
  // Before the settings: what they may be depends on it.
  const source = readSource(arn, call.caller);
  const given = readMappingSettings(members);
  const target = readTarget(name ?? '', new URLSearchParams(), call.caller);
  const settings = settingsAfter(MAPPING_DEFAULTS, given);
  checkMappingSettings(source, settings);
  checkTags(tags);
  const created = await rooms.mappings.create(source, target, settings, tags);
  if (!created.ok) throw mappingError(created.failure, { source, target });
  return { status: 202, body: mappingView(created.value) };
}

function readSource(arn: string, caller: Caller): QueueKey {
  const source = parseQueueArn(arn);
  if (source === undefined) {
    throw invalidParameter(`Unrecognized event source: ${arn}. This server knows SQS queues.`);
  }
  if (source.region !== caller.region) {
    throw invalidParameter('The event source must be in the region of the function.');
  }
  return source;
}
