import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client, Outcome } from '../cases.ts';
import { lineProgram } from './lines.ts';
import { variables, type SigningKey } from './variables.ts';

const RUNNER = fileURLToPath(new URL('aws-cli-runner.py', import.meta.url));

/** Members that carry bytes: the command line takes them out of files. */
const OF_BYTES: Readonly<Record<string, string>> = { Payload: '--payload', ZipFile: '--zip-file' };

/** A Python that has the AWS CLI, and the variables with which it finds it. */
export interface AwsCli {
  readonly python: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** What a call of the program has printed, and its exit code. */
interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The AWS command line, a process for each call. */
export function awsCliClient({ python, env }: AwsCli, endpoint: string, key?: SigningKey): Client {
  const runner = lineProgram([python, RUNNER], { ...variables(key), ...env });
  const folder = mkdtempSync(join(tmpdir(), 'millrace-aws-cli-'));
  return {
    async call(action, input): Promise<Outcome> {
      const [service, ...names] = action.includes(':') ? action.split(':') : ['sqs', action];
      const words = [...common(endpoint), service ?? '', ...names.map(dashed)];
      const answer = action === 'lambda:Invoke' ? join(folder, 'answer') : undefined;
      const printed = await runner.ask([...words, ...asOptions(input, folder, answer)]);
      const { code, stdout, stderr } = printed as Printed;
      if (code !== 0) return { error: errorOf(stderr) };
      const output = (stdout.trim() === '' ? {} : JSON.parse(stdout)) as object;
      if (answer === undefined) return { output };
      return { output: { ...output, Payload: { $bytes: readFileSync(answer, 'base64') } } };
    },
    async [Symbol.asyncDispose]() {
      await runner[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function common(endpoint: string): readonly string[] {
  return ['--endpoint-url', endpoint, '--no-paginate', '--output', 'json'];
}

function dashed(name: string): string {
  const spaced = name.replaceAll(/(?!^)(?:[A-Z]|V\d)/g, '-$&');
  return spaced.toLowerCase();
}

/**
 * Bytes by files, all else as JSON; `answer` is where the body of the answer is to go, beside which every member must be a word of
 * its own.
 */
function asOptions(
  input: Readonly<Record<string, unknown>>,
  folder: string,
  answer: string | undefined,
): readonly string[] {
  const files: string[] = [];
  const rest = JSON.stringify(input, (name, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
    const file = join(folder, name);
    writeFileSync(file, Buffer.from(String(value.$bytes), 'base64'));
    files.push(OF_BYTES[name] ?? '', `fileb://${file}`);
    return undefined;
  });
  const { Code: _, ...others } = JSON.parse(rest) as Record<string, unknown>;
  if (answer === undefined) return ['--cli-input-json', JSON.stringify(others), ...files];
  const words = Object.entries(others).flatMap(([name, value]) => [`--${dashed(name)}`, String(value)]);
  return [...words, ...files, answer];
}

function errorOf(stderr: string): { code: string; message: string } {
  const parts =
    /An error occurred \(([^)]+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (.*)/s.exec(
      stderr,
    );
  return { code: parts?.[1] ?? 'none', message: (parts?.[2] ?? stderr).trim() };
}
