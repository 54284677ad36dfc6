import type { FunctionRecord } from '../function/function.ts';
import { TASK_ROOT } from '../function/runtime/runtime.ts';

/** Credentials of one environment, good only while it lives. */
export interface EnvironmentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Why an environment was started, in AWS's words. */
export type InitializationType = 'on-demand' | 'provisioned-concurrency';

/** What the variables of an environment are made of. */
export interface VariableSources {
  readonly initialization: InitializationType;
  readonly record: FunctionRecord;
  readonly logStream: string;
  readonly credentials: EnvironmentCredentials;
  /** The platform's endpoint for environments; what SDKs inside the function talk to. */
  readonly endpointUrl: string;
  /** What the runtime and its door add. */
  readonly ofRuntime: Readonly<Record<string, string>>;
}

/**
 * The whole environment of a function's process. The owner's variables go before what AWS lets them change
 * (locale, search paths, endpoint), and behind what it reserves.
 */
export function variablesOf(sources: VariableSources): Readonly<Record<string, string>> {
  const { record, ofRuntime } = sources;
  const { AWS_EXECUTION_ENV: executionEnvironment, ...changeable } = ofRuntime;
  const ofBootstrap = Object.entries(ofRuntime).filter(([name]) => name.startsWith('MILLRACE_'));
  return {
    ...defaults(sources),
    ...changeable,
    ...record.settings.variables,
    ...reserved(sources),
    ...(ofRuntime['AWS_LAMBDA_RUNTIME_API'] && {
      AWS_LAMBDA_RUNTIME_API: ofRuntime['AWS_LAMBDA_RUNTIME_API'],
    }),
    ...(executionEnvironment && { AWS_EXECUTION_ENV: executionEnvironment }),
    ...Object.fromEntries(ofBootstrap),
  };
}

/** The log group of a function, as AWS names it. */
function logGroupOf(record: FunctionRecord): string {
  return `/aws/lambda/${record.key.name}`;
}

/** What every program finds, unless its runtime or its function says otherwise. */
export function processVariables(): Record<string, string> {
  return {
    // The user of an environment is in no list of users: programs that ask for its home end without this.
    HOME: '/tmp',
    LANG: 'en_US.UTF-8',
    LD_LIBRARY_PATH: '/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
    PATH: '/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
  };
}

function defaults({ endpointUrl }: VariableSources): Record<string, string> {
  return {
    ...processVariables(),
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
    _AWS_XRAY_DAEMON_PORT: '2000',
  };
}

function reserved({
  record,
  initialization,
  logStream,
  credentials,
}: VariableSources): Record<string, string> {
  const { key, settings, version } = record;
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_DEFAULT_REGION: key.region,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memorySizeMb),
    AWS_LAMBDA_FUNCTION_NAME: key.name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_INITIALIZATION_TYPE: initialization,
    AWS_LAMBDA_LOG_FORMAT: settings.logFormat,
    ...(settings.logFormat === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: settings.applicationLogLevel ?? 'INFO' }),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(record),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_REGION: key.region,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: TASK_ROOT,
    _HANDLER: settings.handler,
  };
}
