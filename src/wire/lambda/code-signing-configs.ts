import { codeSigningArn, type CodeSigningConfig } from '../../function/code-signing.ts';
import { functionArn, type FunctionRecord } from '../../function/function.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import {
  codeSigningGone,
  codeSigningView,
  existingCodeSigning,
  readCodeSigning,
} from './code-signing-members.ts';
import { conflict } from './lambda-errors.ts';
import { pageOf } from './page.ts';
import type { LambdaRooms } from './rooms.ts';
import { checkTags } from './tags.ts';

/** `POST /2020-04-22/code-signing-configs` → 201 with the configuration. */
export async function createCodeSigningConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const members = new Members(jsonObject(call));
  const tags = members.textMap('Tags') ?? {};
  const given = readCodeSigning(members, true);
  checkTags(tags);
  const settings = { description: '', publishers: [], ...given };
  return answer(201, await rooms.codeSigning.create(call.caller, settings, tags));
}

/** `GET /2020-04-22/code-signing-configs/{CodeSigningConfigArn}` → the configuration. */
export function getCodeSigningConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  return answer(200, existingCodeSigning(call, rooms));
}

/** `PUT /2020-04-22/code-signing-configs/{CodeSigningConfigArn}` → the configuration as it becomes. */
export async function updateCodeSigningConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const arn = codeSigningArn(existingCodeSigning(call, rooms));
  const changed = await rooms.codeSigning.change(arn, readCodeSigning(new Members(jsonObject(call)), false));
  if (changed === undefined) throw codeSigningGone(arn);
  return answer(200, changed);
}

/** `DELETE /2020-04-22/code-signing-configs/{CodeSigningConfigArn}` → 204; 409 while a function has it. */
export async function deleteCodeSigningConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const config = existingCodeSigning(call, rooms);
  const isUsed = (): boolean => usersOf(config, rooms).length > 0;
  if (!(await rooms.codeSigning.delete(codeSigningArn(config), isUsed)))
    throw conflict(`The code signing configuration ${codeSigningArn(config)} is used by a function.`);
  return { status: 204 };
}

/** `GET /2020-04-22/code-signing-configs?Marker&MaxItems` → configurations, by id. */
export function listCodeSigningConfigs(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { account, region } = call.caller;
  const { items, nextMarker } = pageOf(rooms.codeSigning.list(account, region), call.query, {
    ...PAGE,
    nameOf: ({ id }) => id,
  });
  const body = {
    CodeSigningConfigs: items.map(codeSigningView),
    NextMarker: nextMarker,
  };
  return { status: 200, body };
}

/** `GET /2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions?Marker&MaxItems` → ARNs of functions that have it. */
export function listFunctionsByCodeSigningConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { items, nextMarker } = pageOf(usersOf(existingCodeSigning(call, rooms), rooms), call.query, {
    ...PAGE,
    nameOf: ({ key }) => key.name,
  });
  const arns = items.map(({ key }) => functionArn(key));
  return { status: 200, body: { FunctionArns: arns, NextMarker: nextMarker } };
}

const PAGE = { mostPerPage: 50, mostAsked: 10_000 } as const;

function usersOf(config: CodeSigningConfig, { functions }: LambdaRooms): readonly FunctionRecord[] {
  const arn = codeSigningArn(config);
  return functions
    .list(config.account, config.region)
    .filter(({ settings }) => settings.codeSigningArn === arn);
}

function answer(status: number, config: CodeSigningConfig): RestAnswer {
  return { status, body: { CodeSigningConfig: codeSigningView(config) } };
}
