import { DatabaseUnavailable } from './database/unavailable.ts';
import { AlreadyRunning, DataNotWritable } from './only-one.ts';
import { PlatformUnavailable } from './platform/platform.ts';

/** What can be wrong around us; their messages say what to do. */
const EXPECTED = [DatabaseUnavailable, PlatformUnavailable, AlreadyRunning, DataNotWritable];

/** One line on what is wrong around us, such as a full disk; undefined when the program itself is wrong. */
export function lineOn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (EXPECTED.some((kind) => error instanceof kind)) return error.message;
  // The SDK marks so what the other side answered, and whose fault that was.
  const isServers = '$fault' in error && error.$fault === 'server';
  return isServers ? `The platform cannot go on: ${error.message}` : undefined;
}
