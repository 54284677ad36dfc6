import { readAnswerHead, type AnswerHead } from './answer-head.ts';

/** Stands between what an answer says of itself and its body. */
const SEPARATOR = Buffer.alloc(8);

/** An answer that says first what it is, as `awslambda.HttpResponseStream.from` writes it. */
export interface Prelude {
  /** Undefined when what it says is none. */
  readonly head: AnswerHead | undefined;
  /** The body, as far as it is there. */
  readonly rest: Buffer;
}

/** Reads JSON, eight zero bytes, body; undefined when the zeros are not there (yet): no JSON holds any. */
export function readPrelude(bytes: Buffer): Prelude | undefined {
  const at = bytes.indexOf(SEPARATOR);
  if (at === -1) return undefined;
  return { head: headOf(bytes.subarray(0, at)), rest: bytes.subarray(at + SEPARATOR.length) };
}

function headOf(text: Buffer): AnswerHead | undefined {
  try {
    return readAnswerHead(JSON.parse(text.toString('utf8')), 'application/octet-stream');
  } catch {
    return undefined;
  }
}
