import type { QueueKey } from '../../message/queue-key.ts';
import { LISTED_QUEUES } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';
import { numberWithin } from './members.ts';

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
  const most = numberWithin(input, 'MaxResults', LISTED_QUEUES);
  const after = readToken(input.text('NextToken'));
  const rest = after === undefined ? all : all.filter(({ name }) => name > after);
  const queues = rest.slice(0, most ?? LISTED_QUEUES.most);
  const more = most !== undefined && rest.length > most;
  return { queues, nextToken: more ? writeToken(queues.at(-1)?.name ?? '') : undefined };
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
