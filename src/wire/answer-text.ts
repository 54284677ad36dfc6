import { STATUS_CODES } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { Answer } from './door.ts';

/** What no name and no value of a header may hold. */
const FORBIDDEN = /[^\t\x20-\x7e]/;

/** The head of an answer, up to the empty line; without a size its body comes in chunks. Throws for a header that cannot be written. */
export function answerHead(answer: Answer, sizeBytes: number | undefined, more: string): string {
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Unknown'}\r\n`;
  for (let at = 0; at + 1 < answer.headers.length; at += 2) {
    const line = `${answer.headers[at]}: ${answer.headers[at + 1]}`;
    if (FORBIDDEN.test(line)) throw new TypeError(`This header cannot be written: ${JSON.stringify(line)}`);
    head += `${line}\r\n`;
  }
  if (sizeBytes === undefined) return `${head}Transfer-Encoding: chunked\r\n${more}\r\n`;
  return answer.status === 204 ? `${head}${more}\r\n` : `${head}Content-Length: ${sizeBytes}\r\n${more}\r\n`;
}

/** The time as the Date header has it; made anew once a second. */
export class HttpDate {
  readonly #clock: Clock;
  #second = -1;
  #text = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get text(): string {
    const second = Math.floor(this.#clock.nowMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(second * 1000).toUTCString();
    }
    return this.#text;
  }
}
