import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { zipSync, type Zippable } from 'fflate';
import { pause } from '../../src/sandbox/contract.ts';

/** What an invocation came to: the payload, and whether the platform called it an error. */
export interface Outcome {
  readonly functionError: string | undefined;
  readonly payload: unknown;
}

/** Functions that do what an event tells them, on a running platform. */
export class Victims implements Disposable {
  readonly lambda: LambdaClient;

  constructor(endpoint: string) {
    this.lambda = new LambdaClient({
      region: 'us-east-1',
      endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    });
  }

  /** A function in JavaScript: events are `{ node: 'body of an async function' }`. */
  node(name: string, more: Partial<CreateFunctionCommandInput> = {}): Promise<void> {
    const files = { 'driver.cjs': program('driver.cjs') };
    return this.create(name, files, { Runtime: 'nodejs24.x', Handler: 'driver.handler', ...more });
  }

  /** A function whose bootstrap is a Python program: events are `{ python }` or `{ shell }`. */
  python(name: string, more: Partial<CreateFunctionCommandInput> = {}, files: Zippable = {}): Promise<void> {
    const all = { ...files, bootstrap: executable(program('driver.py')) };
    return this.create(name, all, { Runtime: 'provided.al2023', Handler: 'any', ...more });
  }

  /** Any function. */
  async create(name: string, files: Zippable, more: Partial<CreateFunctionCommandInput>): Promise<void> {
    const base = {
      FunctionName: name,
      Role: 'arn:aws:iam::000000000000:role/any',
      Timeout: 20,
      MemorySize: 256,
    };
    await this.lambda.send(
      new CreateFunctionCommand({ ...base, ...more, Code: { ZipFile: zipSync(files) } }),
    );
    const state = async (): Promise<string | undefined> =>
      (await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))).State;
    while ((await state()) === 'Pending') await pause(5);
  }

  async remove(name: string): Promise<void> {
    await this.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
  }

  /** Invokes and waits. */
  async invoke(name: string, event: object): Promise<Outcome> {
    const answer = await this.lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
    );
    const payload: unknown = JSON.parse(answer.Payload?.transformToString() || 'null');
    return { functionError: answer.FunctionError, payload };
  }

  [Symbol.dispose](): void {
    this.lambda.destroy();
  }
}

/** A file of a package that may be executed. */
export function executable(content: Uint8Array): Zippable[string] {
  return [content, { os: 3, attrs: 0o100755 * 65_536 }];
}

function program(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, 'programs', name));
}
