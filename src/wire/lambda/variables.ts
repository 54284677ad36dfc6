import { brokenMap, invalidParameter } from './lambda-errors.ts';

const VARIABLE_NAME = /^[a-zA-Z]([a-zA-Z0-9_])+$/;

/** All names and values of the variables together, as JSON (AWS: 4 KB). */
const LARGEST_VARIABLES_BYTES = 4096;

/** Variables that the platform sets itself. */
const RESERVED: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

const BEGIN =
  'Lambda was unable to configure your environment variables because the environment variables you have provided';

/** Refuses variables that are too large, misnamed, or the platform's own. */
export function checkVariables(variables: Readonly<Record<string, string>>): void {
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `${BEGIN} contains reserved keys that are currently not supported for modification. ` +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  if (!names.every((name) => VARIABLE_NAME.test(name))) {
    const constraint = 'Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+';
    throw brokenMap('environment.variables', undefined, 'keys', [constraint]);
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > LARGEST_VARIABLES_BYTES) {
    throw invalidParameter(`${BEGIN} exceeded the 4KB limit. String measured: ${measured}`);
  }
}
