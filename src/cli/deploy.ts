import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { RuntimeReport } from '../admin/runtimes.ts';
import type { UrlWishes } from '../deploy/url.ts';
import { LONGEST_TIMEOUT_S } from '../function/limits.ts';
import { isFifoName, isQueueName } from '../wire/sqs/queue-url.ts';
import {
  ask,
  connectedCommand,
  connection,
  functionClient,
  queueClient,
  type ConnectionOptions,
} from './connection.ts';
import { CommandFailed, examples, print, repeated, WrongUsage } from './terminal.ts';

/** AWS advises at least five for a queue that triggers a function. */
const DEFAULT_TRIES = 5;
const FUNCTION_NAME = /^[\w-]{1,64}$/;

interface DeployOptions extends ConnectionOptions {
  readonly name?: string;
  readonly queue?: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly timeout?: string;
  readonly memory?: string;
  readonly batchSize?: string;
  readonly retryAfter?: string;
  readonly deadLetters?: string;
  readonly tries?: string;
  readonly retryAtMost?: string;
  readonly url?: true;
  readonly urlAuth?: string;
  readonly urlOrigin?: readonly string[];
  readonly urlStream?: true;
  readonly env?: readonly string[];
  readonly layer?: readonly string[];
}

/** `millrace deploy DIR`: uploads a folder as a function, with its dependencies, and maps a queue to it. */
export function deployCommand(): Command {
  return connectedCommand('deploy')
    .description('upload a folder as a function, built if it must be; --queue names what triggers it')
    .argument('<dir>', 'the folder with the code')
    .option('--name <name>', "the function's name (default: the folder's)")
    .option('--queue <name>', 'the queue that triggers it; made when it is not there')
    .option(
      '--runtime <id>',
      'nodejs24.x, python3.11, provided.al2023 … (default: by the files, in the version that is installed)',
    )
    .option('--handler <name>', 'file.function (default: by the files)')
    .option('--timeout <seconds>', `how long one invocation may take, 1 to ${LONGEST_TIMEOUT_S}`)
    .option('--memory <MB>', 'how much memory an environment may use, 128 to 10240')
    .option('--batch-size <count>', 'messages per invocation, 1 to 10000')
    .option('--retry-after <seconds>', 'hide a failed message so long, and twice as long after each failure')
    .option('--retry-at-most <seconds>', 'the longest such time (default: 43200)')
    .option('--dead-letters <name>', 'the queue for what fails too often; made when it is not there')
    .option('--tries <count>', 'how often a message is tried before, 1 to 1000 (default: 5)')
    .option('--url', 'give it a URL at which it answers HTTP requests')
    .option('--url-auth <who>', 'none: whoever knows the URL; iam: requests must be signed (default: none)')
    .option(
      '--url-origin <origin>',
      'web pages of this origin may call the URL; may be repeated, * for all (default: no pages)',
      repeated,
    )
    .option('--url-stream', 'send what it writes to its answer at once, not when it is whole')
    .option('--env <name=value>', 'an environment variable; may be repeated', repeated)
    .option(
      '--layer <arn>',
      'a layer version that it finds at /opt; may be repeated, later ones cover earlier ones',
      repeated,
    )
    .addHelpText(
      'after',
      examples(
        '$ millrace deploy ./resize --queue uploads',
        '$ millrace deploy ./shop --url --url-origin https://shop.example',
        '$ millrace deploy ./resize --env BUCKET=pictures --timeout 30 --memory 512',
      ),
    )
    .action(async (dir: string, options: DeployOptions) => {
      const folder = resolve(dir);
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw new CommandFailed(`${dir} is not a folder.`);
      const name = functionName(folder, options.name);
      const to = connection(options);
      const { deploy } = await import('../deploy/deploy.ts');
      const runtimes = async (): Promise<readonly RuntimeReport[]> =>
        (await ask(to, 'runtimes').catch(() => [])) as readonly RuntimeReport[];
      const clients = { queues: await queueClient(to), functions: await functionClient(to) };
      const doors = { ...clients, runtimes, tell: print };
      const done = await deploy({ folder, name, ...chosen(options) }, doors);
      if (!done.ok) throw new CommandFailed(done.failure.what);
      print(`${name} is ready.`);
    });
}

/** Told before anything is built: the platform would say it afterwards. */
function functionName(folder: string, given: string | undefined): string {
  const name = given ?? basename(folder);
  if (FUNCTION_NAME.test(name)) return name;
  const what = 'takes 1 to 64 letters, digits, hyphens and underscores';
  throw new WrongUsage(
    given === undefined
      ? `The folder's name, "${name}", cannot be a function's: give one with --name, which ${what}.`
      : `--name ${what}; got "${name}".`,
  );
}

function chosen(options: DeployOptions): object {
  const number = (
    name: string,
    text: string | undefined,
    least: number,
    most: number,
  ): number | undefined => {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new WrongUsage(`--${name} takes ${least} to ${most}; got "${text}".`);
    return value;
  };
  if (options.retryAtMost !== undefined && options.retryAfter === undefined)
    throw new WrongUsage('--retry-at-most needs --retry-after.');
  checkQueueName('--queue', options.queue);
  checkQueueName('--dead-letters', options.deadLetters);
  const { deadLetters: letters } = options;
  if (letters === undefined && options.tries !== undefined)
    throw new WrongUsage('--tries needs --dead-letters.');
  if (letters !== undefined && options.queue === undefined)
    throw new WrongUsage('--dead-letters needs --queue.');
  if (letters !== undefined && letters === options.queue)
    throw new WrongUsage('--dead-letters is another queue than --queue.');
  if (letters !== undefined && isFifoName(letters) !== isFifoName(options.queue ?? ''))
    throw new WrongUsage('Either both --queue and --dead-letters end in .fifo, or none.');
  const tries = number('tries', options.tries, 1, 1000) ?? DEFAULT_TRIES;
  const members = {
    deadLetters: letters === undefined ? undefined : { queue: letters, tries },
    queue: options.queue,
    runtime: options.runtime,
    handler: options.handler,
    timeoutS: number('timeout', options.timeout, 1, LONGEST_TIMEOUT_S),
    memoryMb: number('memory', options.memory, 128, 10_240),
    batchSize: number('batch-size', options.batchSize, 1, 10_000),
    retryAfterS: number('retry-after', options.retryAfter, 1, 43_200),
    retryAtMostS: number('retry-at-most', options.retryAtMost, 1, 43_200),
    variables: options.env === undefined ? undefined : variables(options.env),
    url: urlWishes(options),
    layers: options.layer,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function urlWishes({ url, urlAuth, urlOrigin: origins, urlStream }: DeployOptions): UrlWishes | undefined {
  const wishes = urlAuth !== undefined || origins !== undefined || urlStream === true;
  if (url !== true && wishes) throw new WrongUsage('--url-auth, --url-origin and --url-stream need --url.');
  if (urlAuth !== undefined && urlAuth !== 'none' && urlAuth !== 'iam')
    throw new WrongUsage(`--url-auth takes none or iam; got "${urlAuth}".`);
  if (url !== true) return undefined;
  return {
    ...(urlAuth !== undefined && { auth: urlAuth === 'iam' ? 'AWS_IAM' : 'NONE' }),
    ...(origins !== undefined && { origins }),
    ...(urlStream === true && { isStreamed: true }),
  };
}

/** Before anything is uploaded: a function whose queue then fails would be half deployed. */
function checkQueueName(option: string, name: string | undefined): void {
  if (name === undefined || isQueueName(name)) return;
  throw new WrongUsage(
    `${option} takes a name of 1 to 80 letters, digits, hyphens and underscores; got "${name}".`,
  );
}

function variables(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const cut = pair.indexOf('=');
      if (cut < 1) throw new WrongUsage(`--env takes name=value; got "${pair}".`);
      return [pair.slice(0, cut), pair.slice(cut + 1)];
    }),
  );
}
