import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  PublishVersionCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { packaged } from './lambda-platform.ts';

/** What a platform holds, as its clients see it. */
export interface Held {
  /** Delay and bodies of each queue. */
  readonly queues: Readonly<Record<string, { readonly delay: string; readonly bodies: readonly string[] }>>;
  /** Versions of each function whose code can be fetched. */
  readonly functions: Readonly<Record<string, readonly string[]>>;
  readonly mappings: number;
}

/** One answer that a client got: its id, and what must be there from then on. */
export interface Acknowledged {
  readonly label: string;
  readonly requestId: string;
  readonly held: Held;
  /** Set for a message that was sent at once with others, in whatever order the answers left. */
  readonly amongOthers?: string;
}

/** Clients for a platform at a port. */
export function clientsAt(port: number): { sqs: SQSClient; lambda: LambdaClient } & Disposable {
  const options = {
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  const [sqs, lambda] = [new SQSClient(options), new LambdaClient(options)];
  return { sqs, lambda, [Symbol.dispose]: () => [sqs, lambda].forEach((client) => client.destroy()) };
}

const CODE = 'export const handler = async () => 1;';
const LONG = 'x'.repeat(30_000);

type Answered = { readonly $metadata: { readonly requestId?: string } };

/** Does one thing after another with a platform, of every kind that becomes durable. */
export async function tellStory(port: number): Promise<Acknowledged[]> {
  using clients = clientsAt(port);
  const { sqs, lambda } = clients;
  const acknowledged: Acknowledged[] = [];
  let held: Held = { queues: {}, functions: {}, mappings: 0 };
  const did = async <Answer extends Answered>(
    label: string,
    asked: Promise<Answer>,
    now: Held,
  ): Promise<Answer> => {
    const answer = await asked;
    held = now;
    acknowledged.push({ label, requestId: answer.$metadata.requestId ?? '', held });
    return answer;
  };
  const queue = (name: string, change: Partial<Held['queues'][string]>): Held => {
    const before = held.queues[name] ?? { delay: '0', bodies: [] };
    return { ...held, queues: { ...held.queues, [name]: { ...before, ...change } } };
  };
  const without = (name: string): Held => {
    const { [name]: _, ...queues } = held.queues;
    return { ...held, queues };
  };
  const make = (name: string, Attributes = {}): Promise<Answered> =>
    did(`make ${name}`, sqs.send(new CreateQueueCommand({ QueueName: name, Attributes })), queue(name, {}));
  const url = (name: string): { QueueUrl: string } => ({ QueueUrl: `http://any/000000000000/${name}` });
  const send = (name: string, body: string, more = {}): Promise<Answered> => {
    const bodies = [...(held.queues[name]?.bodies ?? []), body];
    const command = new SendMessageCommand({ ...url(name), MessageBody: body, ...more });
    return did(`send ${body.slice(0, 20)}`, sqs.send(command), queue(name, { bodies }));
  };

  /** Many at once, so that they share commits. */
  const sendTogether = async (name: string, sent: readonly string[]): Promise<void> => {
    const all = queue(name, { bodies: [...(held.queues[name]?.bodies ?? []), ...sent] });
    const ask = async (body: string): Promise<void> => {
      const answer = await sqs.send(new SendMessageCommand({ ...url(name), MessageBody: body }));
      const requestId = answer.$metadata.requestId ?? '';
      acknowledged.push({ label: `send ${body}`, requestId, held: all, amongOthers: body });
    };
    await Promise.all(sent.map(ask));
    held = all;
  };

  await make('a');
  await make('b.fifo', { FifoQueue: 'true' });
  for (let n = 0; n < 4; n += 1) await send('a', `a-${n}${n === 2 ? LONG : ''}`);
  for (let n = 0; n < 3; n += 1)
    await send('b.fifo', `b-${n}`, { MessageGroupId: 'g', MessageDeduplicationId: `${n}` });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ ...url('b.fifo'), VisibilityTimeout: 600 }),
  );
  const ReceiptHandle = Messages[0]?.ReceiptHandle;
  const visibility = { ...url('b.fifo'), ReceiptHandle, VisibilityTimeout: 900 };
  await did('extend', sqs.send(new ChangeMessageVisibilityCommand(visibility)), held);
  const left = { bodies: ['b-1', 'b-2'] };
  await did(
    'delete',
    sqs.send(new DeleteMessageCommand({ ...url('b.fifo'), ReceiptHandle })),
    queue('b.fifo', left),
  );
  const attributes = { ...url('a'), Attributes: { DelaySeconds: '7' } };
  await did('set', sqs.send(new SetQueueAttributesCommand(attributes)), queue('a', { delay: '7' }));
  const create = {
    ...{ FunctionName: 'f', Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x' as const },
    ...{ Handler: 'index.handler', Code: { ZipFile: packaged(CODE) } },
  };
  const functions = (versions: readonly string[] | undefined): Held => ({
    ...held,
    functions: versions === undefined ? {} : { f: versions },
  });
  await did('make f', lambda.send(new CreateFunctionCommand(create)), functions(['$LATEST']));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: 'f' });
  const publish = new PublishVersionCommand({ FunctionName: 'f' });
  await did('publish', lambda.send(publish), functions(['$LATEST', '1']));
  const alias = { FunctionName: 'f', Name: 'live', FunctionVersion: '1' };
  await did('alias', lambda.send(new CreateAliasCommand(alias)), held);
  const mapping = {
    FunctionName: 'f',
    EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:a',
    Enabled: false,
  };
  await did('map', lambda.send(new CreateEventSourceMappingCommand(mapping)), { ...held, mappings: 1 });
  // Long enough idle for the log to be copied into the database and begun anew.
  await pause(600);
  for (let n = 4; n < 7; n += 1) await send('a', `a-${n}${n === 5 ? LONG : ''}`);
  const together = Array.from({ length: 12 }, (_, n) => `c-${n}`);
  await sendTogether('a', together);
  await move(sqs, { did, send, make, queue });
  await did('purge', sqs.send(new PurgeQueueCommand(url('b.fifo'))), queue('b.fifo', { bodies: [] }));
  await send('b.fifo', 'b-3', { MessageGroupId: 'g', MessageDeduplicationId: '3' });
  await did('drop', sqs.send(new DeleteQueueCommand(url('b.fifo'))), without('b.fifo'));
  await did('unmake f', lambda.send(new DeleteFunctionCommand({ FunctionName: 'f' })), functions(undefined));
  await send('a', 'the end');
  // A call that is under way at the kill does not stand in the trace: not the last answer that counts.
  await sqs.send(new ListQueuesCommand({}));
  return acknowledged;
}

/** The tools of the story that moving takes. */
interface Telling {
  readonly did: <Answer extends Answered>(
    label: string,
    asked: Promise<Answer>,
    now: Held,
  ) => Promise<Answer>;
  readonly send: (name: string, body: string) => Promise<Answered>;
  readonly make: (name: string, attributes?: object) => Promise<Answered>;
  readonly queue: (name: string, change: Partial<Held['queues'][string]>) => Held;
}

/** Dead letters are moved on; who is told that the task is complete finds all of them where they went. */
async function move(sqs: SQSClient, { did, send, make, queue }: Telling): Promise<void> {
  const arn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  await make('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 });
  await make('origin', { RedrivePolicy });
  await make('there');
  for (const body of ['d-0', 'd-1', 'd-2']) await send('dead', body);
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('dead'), DestinationArn: arn('there') }));
  for (;;) {
    const listed = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn('dead') }));
    if (listed.Results?.[0]?.Status === 'RUNNING') continue;
    const emptied = queue('dead', { bodies: [] });
    const there = { delay: '0', bodies: ['d-0', 'd-1', 'd-2'] };
    await did('moved', Promise.resolve(listed), { ...emptied, queues: { ...emptied.queues, there } });
    return;
  }
}

/** What the platform at a port holds. */
export async function heldAt(port: number): Promise<Held> {
  using clients = clientsAt(port);
  const { sqs, lambda } = clients;
  const queues: Record<string, { delay: string; bodies: string[] }> = {};
  for (const QueueUrl of (await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []) {
    const name = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['DelaySeconds'] });
    const { Attributes } = await sqs.send(asked);
    const address = `http://127.0.0.1:${port}/_millrace/peek?queue=${name}&limit=1000&hidden=true`;
    const messages = (await (await fetch(address)).json()) as { body: string }[];
    queues[name] = {
      delay: Attributes?.['DelaySeconds'] ?? '',
      bodies: messages.map(({ body }) => body).sort(),
    };
  }
  const functions: Record<string, string[]> = {};
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }));
  for (const { FunctionName = '', Version = '' } of Functions) {
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: Version }));
    const fetched = await fetch(Code?.Location ?? '');
    await fetched.bytes();
    if (fetched.ok) (functions[FunctionName] ??= []).push(Version);
  }
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  return { queues, functions, mappings: EventSourceMappings.length };
}
