import type { IncomingHttpHeaders } from 'node:http';
import { hashOnwards, headerName, NAME_BYTES } from './header-names.ts';

/** What stands before the body of a plain request. */
export interface PlainHead {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Where the body begins. */
  readonly endBytes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LONGEST_HEAD_BYTES = 16 * 1024;

const VERSION = ' HTTP/1.1';
const TARGET = /^\/[\x21-\x7e]*$/;

/** The bytes that a value may hold: 1; all others: 0. */
const VALUE_BYTES: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0x09 || (byte >= 0x20 && byte <= 0x7e) ? 1 : 0,
);

const [TAB, LINE_FEED, RETURN, SPACE, COLON] = [0x09, 0x0a, 0x0d, 0x20, 0x3a];

/**
 * Reads the head of a GET or POST that has nothing unusual in it and keeps its connection. Undefined for anything else, however
 * legal: it is read by `node:http`, whose answer to it counts.
 */
export function readPlainHead(bytes: Buffer): PlainHead | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1 || headEnd > LONGEST_HEAD_BYTES) return undefined;
  const text = bytes.toString('latin1', 0, headEnd + 2);
  const methodEnd = text.indexOf(' ');
  const targetEnd = text.indexOf('\r\n') - VERSION.length;
  const method = text.slice(0, methodEnd);
  const target = text.slice(methodEnd + 1, targetEnd);
  const isPlain = (method === 'POST' || method === 'GET') && text.startsWith(VERSION, targetEnd);
  if (!isPlain || !TARGET.test(target)) return undefined;
  const headers = readHeaders(bytes, text, targetEnd + VERSION.length + 2);
  if (headers === undefined || headers.host === undefined || !isKept(headers)) return undefined;
  return { method, target, headers, endBytes: headEnd + HEAD_END.length };
}

/**
 * The lines of a head by name in lower case; undefined when one is not plain, is beyond us or comes twice. Names and values
 * are looked at byte by byte: that takes half the time of a pattern.
 */
function readHeaders(bytes: Buffer, text: string, start: number): IncomingHttpHeaders | undefined {
  const headers: Record<string, string> = {};
  for (let at = start; at < text.length; at += 2) {
    const nameAt = at;
    let hash = 0;
    for (let lower = nameByte(bytes, at); lower !== 0; lower = nameByte(bytes, at)) {
      hash = hashOnwards(hash, lower);
      at += 1;
    }
    if (at === nameAt || bytes[at] !== COLON) return undefined;
    const name = headerName(text, nameAt, at, hash);
    if (name === undefined || headers[name] !== undefined) return undefined;
    const valueAt = at + 1;
    do at += 1;
    while (VALUE_BYTES[bytes[at] ?? 0] === 1);
    if (bytes[at] !== RETURN || bytes[at + 1] !== LINE_FEED) return undefined;
    headers[name] = trimmed(bytes, text, valueAt, at);
  }
  return headers;
}

function nameByte(bytes: Buffer, at: number): number {
  return NAME_BYTES[bytes[at] ?? 0] ?? 0;
}

/** A part of the text without spaces at its ends. */
function trimmed(bytes: Buffer, text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isSpace(bytes[start])) start += 1;
  while (end > start && isSpace(bytes[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** True when the connection goes on. */
function isKept({ connection }: IncomingHttpHeaders): boolean {
  return connection === undefined || connection.toLowerCase() === 'keep-alive';
}
