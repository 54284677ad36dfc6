import type { FunctionSettings } from '../../function/function.ts';
import type { Members } from '../members.ts';
import { invalidParameter, unsupported } from './lambda-errors.ts';
import { checkVariables } from './variables.ts';

const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;

/** Members of AWS that this server does not have; one that says something is refused. */
const UNSUPPORTED: readonly string[] = [
  'VpcConfig',
  'DeadLetterConfig',
  'KMSKeyArn',
  'Layers',
  'FileSystemConfigs',
  'ImageConfig',
  'CodeSigningConfigArn',
  'DurableConfig',
  'CapacityProviderConfig',
  'TenancyConfig',
];

/**
 * The settings that a CreateFunction or UpdateFunctionConfiguration gives, and nothing for those it does not.
 * Ends the reading of `members`.
 */
export function readFunctionSettings(
  members: Members,
  runtimeIds: readonly string[],
  required: boolean,
  functionName: string,
): Partial<FunctionSettings> {
  for (const option of UNSUPPORTED) if (members.says(option)) throw unsupported(option);
  const timeout = members.whole('Timeout', { least: 1, most: 900 });
  const given: { readonly [Name in keyof FunctionSettings]?: FunctionSettings[Name] | undefined } = {
    role: members.text('Role', { required, pattern: ROLE }),
    runtime: members.text('Runtime'),
    handler: members.text('Handler', { most: 128, pattern: /^[^\s]+$/ }),
    description: members.text('Description', { most: 256 }),
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    memorySizeMb: members.whole('MemorySize', { least: 128, most: 10_240 }),
    ephemeralStorageMb: members.structure('EphemeralStorage')?.whole('Size', { least: 512, most: 10_240 }),
    variables: members.structure('Environment')?.textMap('Variables'),
    logFormat: readLogFormat(members, functionName),
  };
  refuseTracing(members);
  members.end();
  checkRuntime(given.runtime, runtimeIds);
  checkVariables(given.variables ?? {});
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function checkRuntime(runtime: string | undefined, runtimeIds: readonly string[]): void {
  if (runtime === undefined || runtimeIds.includes(runtime)) return;
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${runtimeIds.join(', ')}] or be a valid ARN`,
  );
}

function readLogFormat(members: Members, functionName: string): 'Text' | 'JSON' | undefined {
  const logging = members.structure('LoggingConfig');
  for (const option of ['ApplicationLogLevel', 'SystemLogLevel']) {
    if (logging?.says(option)) throw unsupported(`LoggingConfig.${option}`);
  }
  // A function's log has one place. A client that repeats it, as it read it from here, is right.
  const group = logging?.text('LogGroup');
  if (group && group !== `/aws/lambda/${functionName.slice(functionName.lastIndexOf(':') + 1)}`) {
    throw unsupported('LoggingConfig.LogGroup');
  }
  return logging?.text('LogFormat', { values: ['JSON', 'Text'] }) as 'Text' | 'JSON' | undefined;
}

function refuseTracing(members: Members): void {
  const mode = members.structure('TracingConfig')?.text('Mode', { values: ['Active', 'PassThrough'] });
  if (mode === 'Active') throw unsupported('TracingConfig.Mode Active');
  const applyOn = members.structure('SnapStart')?.text('ApplyOn', { values: ['PublishedVersions', 'None'] });
  if (applyOn === 'PublishedVersions') throw unsupported('SnapStart.ApplyOn PublishedVersions');
}
