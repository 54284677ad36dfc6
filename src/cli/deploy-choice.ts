import { basename } from 'node:path';
import type { UrlWishes } from '../deploy/url.ts';
import { LONGEST_TIMEOUT_S } from '../function/limits.ts';
import { isFifoName, isQueueName } from '../wire/sqs/queue-url.ts';
import type { ConnectionOptions } from './connection.ts';
import { WrongUsage } from './terminal.ts';

/** AWS advises at least five for a queue that triggers a function. */
const DEFAULT_TRIES = 5;
const FUNCTION_NAME = /^[\w-]{1,64}$/;

/** What `millrace deploy` was given beside the folder. */
export interface DeployOptions extends ConnectionOptions {
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

/** What is to be deployed and how, as the options say. Told before anything is built: the platform would say it afterwards. */
export function chosen(options: DeployOptions): object {
  if (options.retryAtMost !== undefined && options.retryAfter === undefined)
    throw new WrongUsage('--retry-at-most needs --retry-after.');
  checkQueueName('--queue', options.queue);
  checkQueueName('--dead-letters', options.deadLetters);
  const members = {
    deadLetters: deadLetters(options),
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

function deadLetters({
  queue,
  deadLetters: letters,
  tries,
}: DeployOptions): { readonly queue: string; readonly tries: number } | undefined {
  if (letters === undefined && tries !== undefined) throw new WrongUsage('--tries needs --dead-letters.');
  if (letters === undefined) return undefined;
  if (queue === undefined) throw new WrongUsage('--dead-letters needs --queue.');
  if (letters === queue) throw new WrongUsage('--dead-letters is another queue than --queue.');
  if (isFifoName(letters) !== isFifoName(queue))
    throw new WrongUsage('Either both --queue and --dead-letters end in .fifo, or none.');
  return { queue: letters, tries: number('tries', tries, 1, 1000) ?? DEFAULT_TRIES };
}

function number(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new WrongUsage(`--${name} takes ${least} to ${most}; got "${text}".`);
  return value;
}

/** The function's name: the one that was given, or the folder's. */
export function functionName(folder: string, given: string | undefined): string {
  const name = given ?? basename(folder);
  if (FUNCTION_NAME.test(name)) return name;
  const what = 'takes 1 to 64 letters, digits, hyphens and underscores';
  throw new WrongUsage(
    given === undefined
      ? `The folder's name, "${name}", cannot be a function's: give one with --name, which ${what}.`
      : `--name ${what}; got "${name}".`,
  );
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
