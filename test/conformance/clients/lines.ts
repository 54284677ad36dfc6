import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Client, Outcome } from '../cases.ts';
import { variables, type SigningKey } from './variables.ts';

/** A client in a process of its own: a line `{"action", "input"}` in, a line `{"output"}` or `{"error"}` out. */
export function lineClient(command: readonly [string, ...string[]], key?: SigningKey): Client {
  const [program, ...words] = command;
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], env: variables(key) });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async call(action, input): Promise<Outcome> {
      child.stdin.write(`${JSON.stringify({ action, input })}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`${program} ended`);
      return JSON.parse(line.value) as Outcome;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}
