import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Client, Outcome } from '../cases.ts';
import { variables, type SigningKey } from './variables.ts';

const SCRIPT = fileURLToPath(new URL('boto3-client.py', import.meta.url));

/** The AWS SDK for Python, in a process of its own. */
export function boto3Client(python: string, endpoint: string, key?: SigningKey): Client {
  const child = spawn(python, [SCRIPT, endpoint], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: variables(key),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async call(action, input): Promise<Outcome> {
      child.stdin.write(`${JSON.stringify({ action, input })}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('the Python client ended');
      return JSON.parse(line.value) as Outcome;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}
