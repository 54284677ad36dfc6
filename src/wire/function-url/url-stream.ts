import { URL_ANSWER_TYPE } from '../../environment/invoke.ts';
import type { InvokeResult } from '../../environment/result.ts';
import type { Answer } from '../door.ts';
import type { PieceChannel } from '../lambda/piece-channel.ts';
import { CutAnswer } from '../send-pieces.ts';
import { hasNoBody, readAnswerHead } from './answer-head.ts';
import { readPrelude, type Prelude } from './prelude.ts';

/** Of what stands before the body. */
const LARGEST_PRELUDE_BYTES = 131_072;

/**
 * The answer to a request whose invocation answers in pieces: what it says of itself when its content type tells that it does,
 * else 200 with its content type. Undefined when what it says is none.
 */
export async function streamedAnswer(
  channel: PieceChannel,
  running: Promise<InvokeResult>,
): Promise<Answer | undefined> {
  const pieces = channel.pieces();
  const { contentType = 'application/octet-stream' } = channel;
  if (contentType !== URL_ANSWER_TYPE) {
    const head = readAnswerHead({}, contentType);
    return head && { ...head, body: '', pieces: body(undefined, pieces, running) };
  }
  const { head, rest } = (await firstOf(pieces)) ?? {};
  if (head !== undefined && !hasNoBody(head.status))
    return { ...head, body: '', pieces: body(rest, pieces, running) };
  await pieces.return(undefined);
  return head && { ...head, body: '' };
}

/** What comes until the body begins; undefined when it does not begin in time. */
async function firstOf(pieces: AsyncGenerator<Uint8Array>): Promise<Prelude | undefined> {
  let bytes: Buffer = Buffer.alloc(0);
  while (bytes.length <= LARGEST_PRELUDE_BYTES) {
    const next = await pieces.next();
    if (next.done === true) return undefined;
    bytes = Buffer.concat([bytes, next.value]);
    const prelude = readPrelude(bytes);
    if (prelude !== undefined) return prelude;
  }
  return undefined;
}

/** An invocation that fails on the way leaves its answer cut: nothing else tells the client. */
async function* body(
  first: Buffer | undefined,
  pieces: AsyncGenerator<Uint8Array>,
  running: Promise<InvokeResult>,
): AsyncGenerator<Uint8Array> {
  try {
    if (first !== undefined && first.length > 0) yield first;
    yield* pieces;
  } finally {
    await pieces.return(undefined);
  }
  const { kind } = await running;
  if (kind !== 'answered') throw new CutAnswer(`The invocation ended as ${kind} after its answer had begun.`);
}
