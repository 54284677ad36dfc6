import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { uploadFunction } from '../src/deploy/upload.ts';
import { readFolder } from '../src/deploy/folder.ts';
import { zipFiles } from '../src/deploy/zip.ts';

/** A real platform on a data directory of its own, for one bench; gone when disposed. */
export class BenchPlatform implements AsyncDisposable {
  readonly endpoint: string;
  readonly child: ChildProcess;
  readonly queues: SQSClient;
  readonly functions: LambdaClient;
  readonly #folder: string;

  private constructor(endpoint: string, child: ChildProcess, folder: string) {
    this.endpoint = endpoint;
    this.child = child;
    this.#folder = folder;
    const settings = {
      ...{ endpoint, region: 'us-east-1' },
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    };
    this.queues = new SQSClient(settings);
    this.functions = new LambdaClient(settings);
  }

  /** Its data directory. */
  get dataFolder(): string {
    return join(this.#folder, 'data');
  }

  /** Starts `bin/millrace up` on a free port; resolves when it announces its endpoint. */
  static async start(
    options: readonly string[] = [],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<BenchPlatform> {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const program = new URL('../bin/millrace', import.meta.url).pathname;
    const all = ['up', '--port', '0', '--data', join(folder, 'data'), ...options];
    const env = { ...process.env, ...variables };
    const child = spawn(program, all, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const endpoint = await announced(child);
    return new BenchPlatform(endpoint, child, folder);
  }

  /** Uploads one of the functions of `bench/functions/`. */
  async deploy(
    folder: string,
    name: string,
    settings: { timeoutS?: number; memoryMb?: number; variables?: Record<string, string> } = {},
  ): Promise<void> {
    const files = readFolder(new URL(`functions/${folder}`, import.meta.url).pathname);
    await uploadFunction(this.functions, {
      ...{ name, runtime: 'nodejs24.x', handler: 'index.handler', zip: zipFiles(files), ...settings },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.queues.destroy();
    this.functions.destroy();
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function announced(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the platform has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const endpoint = /http:\/\/\S+/.exec(line)?.[0];
    if (endpoint !== undefined) {
      child.stdout.resume();
      return endpoint;
    }
  }
  throw new Error('the platform ended before it was up');
}
