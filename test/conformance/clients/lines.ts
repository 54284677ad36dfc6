import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Client, Outcome } from '../cases.ts';
import { variables, type SigningKey } from './variables.ts';

/** A program that answers each line with one. */
interface LineProgram extends AsyncDisposable {
  /** Both are JSON. */
  ask(question: unknown): Promise<unknown>;
}

/** Starts such a program; it ends when nothing more can come. */
export function lineProgram(command: readonly [string, ...string[]], env: NodeJS.ProcessEnv): LineProgram {
  const [program, ...words] = command;
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`${program} ended`);
      return JSON.parse(line.value) as unknown;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}

/** A client in a process of its own: a line `{"action", "input"}` in, a line `{"output"}` or `{"error"}` out. */
export function lineClient(command: readonly [string, ...string[]], key?: SigningKey): Client {
  const program = lineProgram(command, variables(key));
  return {
    call: async (action, input) => (await program.ask({ action, input })) as Outcome,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
