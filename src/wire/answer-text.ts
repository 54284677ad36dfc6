import type { Clock } from '../base/clock.ts';
import { STATUS_CODES } from '../base/node-http.ts';
import type { Answer } from './door.ts';

/** What no name and no value of a header may hold. */
const FORBIDDEN = /[^\t\x20-\x7e]/;

/** Writes the heads of answers. What headers that several answers share begin with is put together and checked once. */
export class AnswerHeads {
  readonly #known = new WeakMap<readonly string[], { readonly status: number; readonly text: string }>();

  /** A head up to the empty line; without a size its body comes in chunks. Throws for a header that cannot be written. */
  write(answer: Answer, sizeBytes: number | undefined, more: string): string {
    const head = this.#beginning(answer);
    if (sizeBytes === undefined) return `${head}Transfer-Encoding: chunked\r\n${more}\r\n`;
    if (answer.status === 204) return `${head}${more}\r\n`;
    return `${head}Content-Length: ${sizeBytes}\r\n${more}\r\n`;
  }

  #beginning({ status, headers }: Answer): string {
    const known = this.#known.get(headers);
    if (known?.status === status) return known.text;
    const text = beginning(status, headers);
    // Only lists that cannot change are known again: those that are made for one answer never come again anyway.
    if (Object.isFrozen(headers)) this.#known.set(headers, { status, text });
    return text;
  }
}

function beginning(status: number, headers: readonly string[]): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const line = `${headers[at]}: ${headers[at + 1]}`;
    if (FORBIDDEN.test(line)) throw new TypeError(`This header cannot be written: ${JSON.stringify(line)}`);
    head += `${line}\r\n`;
  }
  return head;
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
