import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { isRunning, processTree } from '../../src/sandbox/process-tree.ts';
import { freePort, Platform, type PlatformOptions } from './platform.ts';

/** The real program with clients for it, on a data directory that outlives it. */
export class LambdaPlatform implements AsyncDisposable {
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly #life: PlatformOptions;
  #platform: Platform;

  private constructor(life: PlatformOptions, platform: Platform) {
    this.#life = life;
    this.#platform = platform;
    const client = {
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${life.port}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    this.lambda = new LambdaClient(client);
    this.sqs = new SQSClient(client);
  }

  /** `more`: how it is started, this time and again. */
  static async start(dataDirectory: string, more: Partial<PlatformOptions> = {}): Promise<LambdaPlatform> {
    const life = { dataDirectory, port: await freePort(), ...more };
    return new LambdaPlatform(life, await Platform.start(life));
  }

  get port(): number {
    return this.#life.port;
  }

  get processId(): number {
    return this.#platform.processId;
  }

  /** Kills the platform and waits until nothing that it started runs any more. */
  async kill(): Promise<void> {
    const below = await processTree(this.#platform.processId);
    await this.#platform.kill();
    while ((await Promise.all(below.map(isRunning))).includes(true)) await pause(10);
  }

  /** Starts it again on what it left. */
  async startAgain(): Promise<void> {
    this.#platform = await Platform.start(this.#life);
  }

  /** A function of one file, active. */
  async create(name: string, source: string, more: Partial<CreateFunctionCommandInput> = {}): Promise<void> {
    await this.lambda.send(
      new CreateFunctionCommand({
        ...{ FunctionName: name, Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x' },
        ...{ Handler: 'index.handler', Code: { ZipFile: packaged(source) } },
        ...more,
      }),
    );
    await this.active(name);
  }

  async active(name: string, qualifier?: string): Promise<void> {
    const target = { FunctionName: name, ...(qualifier && { Qualifier: qualifier }) };
    const waiter = { client: this.lambda, maxWaitTime: 60, minDelay: 1 };
    await waitUntilFunctionActiveV2(waiter, target);
    await waitUntilFunctionUpdatedV2(waiter, target);
  }

  /** What the handler answers. */
  async invoke(name: string, qualifier?: string): Promise<unknown> {
    const command = new InvokeCommand({ FunctionName: name, ...(qualifier && { Qualifier: qualifier }) });
    return JSON.parse((await this.lambda.send(command)).Payload?.transformToString() ?? 'null') as unknown;
  }

  /** The lines of a function's log, whole. */
  async log(name: string): Promise<string> {
    const address = `http://127.0.0.1:${this.#life.port}/_millrace/logs?function=${name}&limit=10000`;
    return (await fetch(address)).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lambda.destroy();
    this.sqs.destroy();
    await this.#platform[Symbol.asyncDispose]();
  }
}

/** A package of one file. */
export function packaged(source: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(source) });
}
