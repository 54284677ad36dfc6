import { invalidParameter } from './lambda-errors.ts';

/** Runtimes that AWS had once and makes no function for any more. */
const RETIRED: ReadonlySet<string> = new Set([
  ...['nodejs', 'nodejs4.3', 'nodejs4.3-edge', 'nodejs6.10', 'nodejs8.10', 'nodejs10.x', 'nodejs12.x'],
  ...['nodejs14.x', 'nodejs16.x', 'java8', 'python2.7', 'python3.6', 'python3.7', 'python3.8', 'go1.x'],
  ...['dotnetcore1.0', 'dotnetcore2.0', 'dotnetcore2.1', 'dotnetcore3.1', 'ruby2.5', 'ruby2.7', 'provided'],
]);

/** Refuses a runtime that is none of `runtimeIds`; of one that AWS has retired it says which to use. */
export function checkRuntime(runtime: string | undefined, runtimeIds: readonly string[]): void {
  if (runtime === undefined || runtimeIds.includes(runtime)) return;
  if (RETIRED.has(runtime)) throw invalidParameter(retired(runtime, runtimeIds));
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${runtimeIds.join(', ')}] or be a valid ARN`,
  );
}

function retired(runtime: string, runtimeIds: readonly string[]): string {
  const newest = runtimeIds
    .filter((id) => familyOf(id) === familyOf(runtime))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1);
  const instead = newest === undefined ? 'a supported runtime' : `the new runtime (${newest})`;
  return (
    `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. ` +
    `We recommend you use ${instead} while creating or updating functions.`
  );
}

/** `python` of `python3.12`. */
function familyOf(runtime: string): string {
  const [letters = ''] = /^[a-z]+/.exec(runtime) ?? [];
  return { go: 'provided', dotnetcore: 'dotnet' }[letters] ?? letters;
}
