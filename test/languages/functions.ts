import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
  type Runtime,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { zipSync, type Zippable } from 'fflate';
import { freePort, Platform, PROGRAM } from '../crash/platform.ts';

/** A function as a test brings it. */
export interface Brought {
  readonly runtime: string;
  readonly handler: string;
  /** Files as text, as bytes, or as fflate takes them with a mode. */
  readonly files: Readonly<Record<string, string | Zippable[string]>>;
  /** `Text` unless it is said. With JSON, records below `logLevel` are not written. */
  readonly logFormat?: 'Text' | 'JSON';
  readonly logLevel?: 'WARN';
  readonly variables?: Readonly<Record<string, string>>;
}

/** What the caller of one invocation got. */
export interface Answer {
  readonly payload: unknown;
  readonly isError: boolean;
  /** The log that goes with the answer. */
  readonly log: string;
}

/** An error as runtimes post it. */
export interface PostedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}

/** What programs the platform finds, and more options of `up`. */
export interface StartOptions {
  readonly firstOnPath?: string;
  readonly onlyPath?: string;
  readonly flags?: readonly string[];
}

const LIMIT_SECONDS = 20;
/** As long as a message stays hidden after its batch failed; never shorter than the functions' own limit. */
const HIDDEN_SECONDS = 5;

/** Functions of any language on the real program in a folder of its own, by AWS's own client. */
export class RealFunctions implements AsyncDisposable {
  readonly #parts: AsyncDisposableStack;
  readonly #lambda: LambdaClient;
  readonly #sqs: SQSClient;
  readonly #endpoint: string;
  #count = 0;

  private constructor(parts: AsyncDisposableStack, endpoint: string) {
    const client = {
      region: 'us-east-1',
      endpoint,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    };
    this.#parts = parts;
    this.#endpoint = endpoint;
    this.#lambda = new LambdaClient(client);
    this.#sqs = new SQSClient(client);
    parts.defer(() => [this.#lambda, this.#sqs].forEach((each) => each.destroy()));
  }

  /** `firstOnPath`: a folder whose programs go before those of the machine; `onlyPath`: one that has all there are. */
  static async start({ firstOnPath, onlyPath, flags = [] }: StartOptions = {}): Promise<RealFunctions> {
    await using parts = new AsyncDisposableStack();
    const dataDirectory = mkdtempSync(join(tmpdir(), 'millrace-language-'));
    parts.defer(() => rmSync(dataDirectory, { recursive: true }));
    const path = onlyPath ?? (firstOnPath && `${firstOnPath}${delimiter}${process.env['PATH']}`);
    const { port } = parts.use(
      await Platform.start({
        ...{ dataDirectory, port: await freePort(), flags },
        ...(path && { variables: { ...definedVariables(), PATH: path } }),
      }),
    );
    return new RealFunctions(parts.move(), `http://127.0.0.1:${port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  /** Brings a function, and answers its name once it is active. */
  async create(brought: Brought, timeoutSeconds = LIMIT_SECONDS): Promise<string> {
    this.#count += 1;
    const FunctionName = `function-${this.#count}`;
    const files = Object.entries(brought.files).map(([name, file]) => [
      name,
      typeof file === 'string' ? Buffer.from(file) : file,
    ]);
    await this.#lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: 'arn:aws:iam::000000000000:role/any',
        Runtime: brought.runtime as Runtime,
        Handler: brought.handler,
        Timeout: timeoutSeconds,
        MemorySize: 512,
        Environment: { Variables: { ...brought.variables } },
        LoggingConfig: {
          LogFormat: brought.logFormat ?? 'Text',
          ...(brought.logLevel && { ApplicationLogLevel: brought.logLevel }),
        },
        Code: { ZipFile: zipSync(Object.fromEntries(files) as Zippable) },
      }),
    );
    const waited = { client: this.#lambda, maxWaitTime: 120, minDelay: 1, maxDelay: 1 };
    await waitUntilFunctionActiveV2(waited, { FunctionName });
    return FunctionName;
  }

  /** Deploys a folder as it is, by the command line; answers what that says. */
  async deploy(
    folder: string,
    name: string,
    words: readonly string[] = [],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const limit = ['--timeout', String(HIDDEN_SECONDS)];
    const command = ['deploy', folder, '--name', name, ...limit, ...words, '--endpoint', this.#endpoint];
    const env = { ...process.env, ...variables };
    return (await promisify(execFile)(PROGRAM, command, { env })).stdout;
  }

  /** `client`: what a mobile application would tell of itself. */
  async invoke(FunctionName: string, event: unknown = {}, client?: object): Promise<Answer> {
    const Payload = JSON.stringify(event);
    const told = client && Buffer.from(JSON.stringify(client)).toString('base64');
    const answer = await this.#lambda.send(
      new InvokeCommand({ FunctionName, Payload, LogType: 'Tail', ...(told && { ClientContext: told }) }),
    );
    return {
      payload: JSON.parse(answer.Payload?.transformToString() || 'null'),
      isError: answer.FunctionError !== undefined,
      log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
    };
  }

  /** Invokes a function and takes its answer in pieces; `error` is what it ended with, if with one. */
  async stream(
    FunctionName: string,
    event: unknown,
  ): Promise<{ readonly chunks: readonly string[]; readonly error: string | undefined }> {
    const Payload = JSON.stringify(event);
    const answer = await this.#lambda.send(new InvokeWithResponseStreamCommand({ FunctionName, Payload }));
    const chunks: string[] = [];
    let error: string | undefined;
    for await (const { PayloadChunk, InvokeComplete } of answer.EventStream ?? []) {
      if (PayloadChunk?.Payload !== undefined) chunks.push(Buffer.from(PayloadChunk.Payload).toString());
      error ??= InvokeComplete?.ErrorDetails;
    }
    return { chunks, error };
  }

  /** Gives a function a URL that anybody may call, without its last `/`. */
  async urlOf(
    FunctionName: string,
    InvokeMode: 'BUFFERED' | 'RESPONSE_STREAM' = 'BUFFERED',
  ): Promise<string> {
    const made = await this.#lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName, InvokeMode, AuthType: 'NONE' }),
    );
    return made.FunctionUrl?.replace(/\/$/, '') ?? '';
  }

  /** Brings a function and invokes it once. */
  async run(brought: Brought, event?: unknown): Promise<Answer> {
    return this.invoke(await this.create(brought), event);
  }

  /** Brings a function whose one invocation must fail. */
  async failure(brought: Brought, event?: unknown): Promise<PostedError & { readonly log: string }> {
    const { payload, isError, log } = await this.run(brought, event);
    assert.ok(isError, JSON.stringify(payload));
    return { ...(payload as PostedError), log };
  }

  /**
   * Sends these bodies as one batch to a queue that the function reads, with partial answers and a dead-letter queue
   * behind; answers the body of the first dead letter, how many messages are left in the queue then, and the log.
   */
  async handle(
    brought: Brought,
    bodies: readonly string[],
  ): Promise<{ readonly dead: string; readonly left: number; readonly log: string }> {
    return this.feed(await this.create(brought, HIDDEN_SECONDS), bodies);
  }

  /** The same with a function that is there. */
  async feed(
    FunctionName: string,
    bodies: readonly string[],
  ): Promise<{ readonly dead: string; readonly left: number; readonly log: string }> {
    const [dead, source] = [`${FunctionName}-dead`, `${FunctionName}-source`];
    const arn = (queue: string): string => `arn:aws:sqs:us-east-1:000000000000:${queue}`;
    const deadQueue = await this.#sqs.send(new CreateQueueCommand({ QueueName: dead }));
    const { QueueUrl } = await this.#sqs.send(
      new CreateQueueCommand({
        QueueName: source,
        Attributes: {
          VisibilityTimeout: String(HIDDEN_SECONDS),
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(dead), maxReceiveCount: 1 }),
        },
      }),
    );
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    await this.#lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName,
        EventSourceArn: arn(source),
        BatchSize: bodies.length,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    const letter = await this.first(deadQueue.QueueUrl ?? '');
    return { dead: letter, left: await this.#left(QueueUrl ?? ''), log: await this.log(FunctionName) };
  }

  /** Makes a queue, and answers its URL. */
  async queue(QueueName: string): Promise<string> {
    return (await this.#sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
  }

  /** Runs a command of the program's own command line against this platform; answers what it printed. */
  async command(name: string, ...words: readonly string[]): Promise<string> {
    return (await promisify(execFile)(PROGRAM, [name, ...words, '--endpoint', this.#endpoint])).stdout;
  }

  /** Sends a message by the command line, and waits until the function's log holds `printed`. */
  async sendUntil(queue: string, body: string, name: string, printed: string): Promise<void> {
    await this.command('send', queue, body);
    while (!(await this.log(name)).includes(printed)) continue;
  }

  /** Everything that a function has printed. */
  async log(name: string): Promise<string> {
    return (await fetch(`${this.#endpoint}/_millrace/logs?function=${name}`)).text();
  }

  /** The body of the first message of a queue, which stays hidden for a while. */
  async first(QueueUrl: string): Promise<string> {
    for (let tries = 0; tries < 5; tries += 1) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }),
      );
      if (Messages[0] !== undefined) return Messages[0].Body ?? '';
    }
    assert.fail('there is no message');
  }

  async #left(QueueUrl: string): Promise<number> {
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const counted = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    return counted.reduce((sum, name) => sum + Number(Attributes[name]), 0);
  }
}

function definedVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
