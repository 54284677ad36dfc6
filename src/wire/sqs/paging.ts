import type { QueueKey } from '../../message/queue-key.ts';
import { LISTED_QUEUES } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';

/** One page of a list of queues in order of their names. */
export interface QueuePage {
  readonly queues: readonly QueueKey[];
  readonly nextToken: string | undefined;
}

/**
 * The page that `MaxResults` and `NextToken` ask for. The token holds the last name given out, so that queues
 * that come and go between two pages neither hide nor repeat others.
 */
export function pageOf(input: Input, all: readonly QueueKey[]): QueuePage {
  const most = readMost(input);
  const after = readToken(input.text('NextToken'));
  const rest = after === undefined ? all : all.filter(({ name }) => name > after);
  const queues = rest.slice(0, most ?? LISTED_QUEUES.most);
  const more = most !== undefined && rest.length > most;
  return { queues, nextToken: more ? writeToken(queues.at(-1)?.name ?? '') : undefined };
}

function readMost(input: Input): number | undefined {
  const most = input.wholeNumber('MaxResults');
  const { least, most: limit } = LISTED_QUEUES;
  if (most === undefined || (most >= least && most <= limit)) return most;
  const reason = `MaxResults must be an integer between ${least} and ${limit}.`;
  return refuse({
    kind: 'invalid-parameter',
    message: `Value for parameter MaxResults is invalid. Reason: ${reason}`,
  });
}

function writeToken(name: string): string {
  return Buffer.from(`after:${name}`).toString('base64url');
}

function readToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (text.startsWith('after:')) return text.slice('after:'.length);
  return refuse({ kind: 'invalid-parameter', message: 'Invalid or expired next token.' });
}
