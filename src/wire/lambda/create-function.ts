import { functionArn, type FunctionSettings } from '../../function/function.ts';
import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { CODE_SIGNING_ARN, signedBy } from './code-signing-members.ts';
import { readFunctionSettings } from './function-members.ts';
import { readNewName } from './function-name.ts';
import { functionView } from './function-view.ts';
import { conflict, functionError, invalidParameter, unsupported } from './lambda-errors.ts';
import { readArchitecture, readZip } from './package-members.ts';
import { published } from './publish-version.ts';
import type { LambdaRooms } from './rooms.ts';
import { checkTags } from './tags.ts';

/** What AWS gives a function whose creator says nothing. */
const DEFAULTS = {
  description: '',
  timeoutMs: 3000,
  memorySizeMb: 128,
  ephemeralStorageMb: 512,
  variables: {},
  logFormat: 'Text',
} as const;

/** `POST /2015-03-31/functions` → 201 with the configuration, in state `Pending`. */
export async function createFunction(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const members = new Members(jsonObject(call));
  const name = members.text('FunctionName', { required: true, least: 1 });
  const packageType = members.text('PackageType', { values: ['Zip', 'Image'] });
  const publish = members.flag('Publish') === true;
  const tags = members.textMap('Tags') ?? {};
  const codeSigningArn = members.text('CodeSigningConfigArn', { ...CODE_SIGNING_ARN, required: false });
  const code = members.structure('Code');
  if (code === undefined) members.missing('Code');
  const given = readFunctionSettings(members, rooms, true, { region: call.caller.region, name: name ?? '' });
  const key = readNewName(name ?? '', call.caller);
  if (packageType === 'Image') throw unsupported('PackageType Image');
  checkTags(tags);
  const architecture = readArchitecture(members);
  const zip = readZip(code ?? members);
  const settings: FunctionSettings = { ...DEFAULTS, ...mandatory(given), tags, architecture };
  const created =
    codeSigningArn === undefined
      ? await rooms.functions.create(key, settings, zip)
      : await signedBy(codeSigningArn, key, rooms, () =>
          rooms.functions.create(key, { ...settings, codeSigningArn }, zip),
        );
  if (created.ok) {
    const record = await published(rooms, created.value, publish);
    // AWS names the function as a whole here, also when it answers version 1.
    return { status: 201, body: { ...functionView(record), FunctionArn: functionArn(record.key) } };
  }
  if (created.failure.kind === 'function-exists') throw conflict(`Function already exist: ${key.name}`);
  throw functionError(created.failure);
}

function mandatory(
  given: Partial<FunctionSettings>,
): Partial<FunctionSettings> & Pick<FunctionSettings, 'runtime' | 'handler' | 'role'> {
  const { runtime, handler, role } = given;
  if (runtime === undefined || handler === undefined || role === undefined) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  return { ...given, runtime, handler, role };
}
