import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Client, Outcome } from '../cases.ts';
import { variables } from './variables.ts';

const run = promisify(execFile);

/** The AWS command line, a process for each call. */
export function awsCliClient(
  command: readonly [string, ...string[]],
  endpoint: string,
  more: NodeJS.ProcessEnv = {},
): Client {
  const env = { ...variables(), ...more };
  const [aws, ...before] = command;
  return {
    async call(action, input): Promise<Outcome> {
      const name = action.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase();
      const options = [
        '--endpoint-url',
        endpoint,
        '--no-paginate',
        '--output',
        'json',
        '--cli-input-json',
        JSON.stringify(input),
      ];
      try {
        const { stdout } = await run(aws, [...before, 'sqs', name, ...options], { env });
        return { output: stdout.trim() === '' ? {} : JSON.parse(stdout) };
      } catch (error) {
        return { error: errorOf((error as { stderr?: string }).stderr ?? String(error)) };
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function errorOf(stderr: string): { code: string; message: string } {
  const parts =
    /An error occurred \(([^)]+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (.*)/s.exec(
      stderr,
    );
  return { code: parts?.[1] ?? 'none', message: (parts?.[2] ?? stderr).trim() };
}
