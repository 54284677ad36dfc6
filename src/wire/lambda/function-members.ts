import type { FunctionKey, FunctionSettings } from '../../function/function.ts';
import { LONGEST_TIMEOUT_S } from '../../function/limits.ts';
import { parseQueueArn } from '../../message/queue-key.ts';
import type { Members } from '../members.ts';
import { invalidParameter, unsupported } from './lambda-errors.ts';
import { layerUses } from './layer-uses.ts';
import { readLogging } from './logging-members.ts';
import type { LambdaRooms } from './rooms.ts';
import { checkRuntime } from './runtime-name.ts';
import { checkVariables } from './variables.ts';

const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;

/** The runtimes that AWS makes snapshots of. */
const SNAPSHOTS = /^(java|python|dotnet)/;

/** Members of AWS that this server does not have; one that says something is refused. */
const UNSUPPORTED: readonly string[] = [
  'VpcConfig',
  'KMSKeyArn',
  'FileSystemConfigs',
  'ImageConfig',
  'DurableConfig',
  'CapacityProviderConfig',
  'TenancyConfig',
  'PublishTo',
  'RuntimeConfig',
  'AcceleratorConfig',
];

/**
 * The settings that a CreateFunction or UpdateFunctionConfiguration gives, and nothing for those it does not. `now`:
 * what holds until then.
 * Ends the reading of `members`.
 */
export function readFunctionSettings(
  members: Members,
  { runtimeIds, layers }: Pick<LambdaRooms, 'runtimeIds' | 'layers'>,
  required: boolean,
  function_: Pick<FunctionKey, 'region' | 'name'>,
  now?: FunctionSettings,
): Partial<FunctionSettings> {
  for (const option of UNSUPPORTED) if (members.says(option)) throw unsupported(option);
  const timeout = members.whole('Timeout', { least: 1, most: LONGEST_TIMEOUT_S });
  const given: { readonly [Name in keyof FunctionSettings]?: FunctionSettings[Name] | undefined } = {
    role: members.text('Role', { required, pattern: ROLE }),
    runtime: members.text('Runtime'),
    handler: members.text('Handler', { most: 128, pattern: /^[^\s]+$/ }),
    description: members.text('Description', { most: 256 }),
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    memorySizeMb: members.whole('MemorySize', { least: 128, most: 10_240 }),
    ephemeralStorageMb: members.structure('EphemeralStorage')?.whole('Size', {
      required: true,
      least: 512,
      most: 10_240,
    }),
    variables: members.structure('Environment')?.textMap('Variables'),
    deadLetterArn: readDeadLetter(members),
    tracing: readTracing(members),
    ...readLogging(members, function_.name, now),
  };
  const layerArns = members.textList('Layers');
  refuseSnapStart(members, given.runtime ?? now?.runtime);
  members.end();
  checkRuntime(given.runtime, runtimeIds);
  checkVariables(given.variables ?? {});
  const used = layerArns && { layers: layerUses(layerArns, layers, function_.region) };
  return Object.fromEntries(Object.entries({ ...given, ...used }).filter(([, value]) => value !== undefined));
}

/** An empty ARN takes the dead-letter queue away. */
function readDeadLetter(members: Members): string | undefined {
  const arn = members.structure('DeadLetterConfig')?.text('TargetArn');
  if (arn === undefined || arn === '' || parseQueueArn(arn) !== undefined) return arn;
  throw unsupported('A DeadLetterConfig.TargetArn that is not the ARN of a queue');
}

function readTracing(members: Members): FunctionSettings['tracing'] {
  const mode = members.structure('TracingConfig')?.text('Mode', { values: ['Active', 'PassThrough'] });
  return mode === 'Active' || mode === 'PassThrough' ? mode : undefined;
}

/** In the words of AWS for a runtime that it has no snapshots of either. */
function refuseSnapStart(members: Members, runtime: string | undefined): void {
  const applyOn = members.structure('SnapStart')?.text('ApplyOn', { values: ['PublishedVersions', 'None'] });
  if (applyOn !== 'PublishedVersions') return;
  if (runtime === undefined || SNAPSHOTS.test(runtime))
    throw unsupported('SnapStart.ApplyOn PublishedVersions');
  throw invalidParameter(`${runtime} is not supported for SnapStart enabled functions.`);
}
