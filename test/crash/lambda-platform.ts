import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** The real program with clients for it, which try nothing twice. */
export class LambdaPlatform implements AsyncDisposable {
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly #life: PlatformOptions;
  readonly #folder: string | undefined;
  #platform: Platform;

  /** `folder` goes with it. */
  private constructor(life: PlatformOptions, platform: Platform, folder?: string) {
    this.#life = life;
    this.#platform = platform;
    this.#folder = folder;
    const client = {
      region: 'us-east-1',
      endpoint: this.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    this.lambda = new LambdaClient(client);
    this.sqs = new SQSClient(client);
  }

  /** On a data directory that outlives it. `more`: how it is started, this time and again. */
  static async start(dataDirectory: string, more: Partial<PlatformOptions> = {}): Promise<LambdaPlatform> {
    const life = { dataDirectory, port: await freePort(), ...more };
    return new LambdaPlatform(life, await Platform.start(life));
  }

  /** On a data directory that goes with it; `name` tells it from those of other tests. */
  static async startAlone(name: string): Promise<LambdaPlatform> {
    const folder = await mkdtemp(join(tmpdir(), `millrace-${name}-`));
    const life = { dataDirectory: folder, port: await freePort() };
    return new LambdaPlatform(life, await Platform.start(life), folder);
  }

  get port(): number {
    return this.#life.port;
  }

  /** `http://127.0.0.1:PORT` */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
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
    const address = `${this.endpoint}/_millrace/logs?function=${name}&limit=10000`;
    return (await fetch(address)).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lambda.destroy();
    this.sqs.destroy();
    await this.#platform[Symbol.asyncDispose]();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A package of one file. */
export function packaged(source: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(source) });
}
