import type { Socket } from 'node:net';

/** One whole answer. */
export interface Answer {
  readonly isGood: boolean;
  readonly body: string;
}

const STATUS_PLACE = 9;
const LAST_CHUNK = '0\r\n\r\n';

/** Reads answers off a connection that has one request in flight at a time, with or without a length. */
export function readAnswers(socket: Socket, take: (answer: Answer) => void): void {
  let text = '';
  let bodyAt = 0;
  let wholeSize: number | undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (bodyAt === 0) {
      bodyAt = text.indexOf('\r\n\r\n') + 4;
      if (bodyAt < 4) return void (bodyAt = 0);
      const length = /\r\ncontent-length: ?(\d+)/i.exec(text.slice(0, bodyAt))?.[1];
      wholeSize = length === undefined ? undefined : bodyAt + Number(length);
    }
    if (wholeSize === undefined ? !text.endsWith(LAST_CHUNK) : text.length < wholeSize) return;
    const isGood = text.charAt(STATUS_PLACE) === '2';
    const rest = text.slice(bodyAt);
    const body = wholeSize === undefined ? joined(rest) : rest;
    text = '';
    bodyAt = 0;
    take({ isGood, body });
  });
}

/** The body that came in chunks. */
function joined(chunks: string): string {
  let body = '';
  for (let at = 0; at < chunks.length;) {
    const lineEnd = chunks.indexOf('\r\n', at);
    const size = Number.parseInt(chunks.slice(at, lineEnd), 16);
    if (!(size > 0)) break;
    body += chunks.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
  return body;
}
