import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Visit } from './visit.ts';

const LINE =
  /^(\S+) \S+ .*?\[([^\]]+)\] "(\S+) (?:[^"\\]|\\.)*" \d{3} \S+ "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"/;
const TIME = /^(\d{2})\/(\w{3})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;

/**
 * Reads one line of an access log in combined format as a visit with one click: its address, time, method, agent and
 * referrer. Undefined for a line that is none, or whose method is neither GET nor HEAD.
 */
export function visitOfLine(line: string, publisherId: number): Visit | undefined {
  const [, address = '', time = '', method = '', referrer = '', agent = ''] = LINE.exec(line) ?? [];
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const atMs = timeOf(time);
  return {
    ...{ publisherId, address, agent: readable(agent), clicks: [{ method, afterMs: 0 }] },
    ...(atMs === undefined ? {} : { atMs }),
    ...(readable(referrer) === '' ? {} : { referrer: readable(referrer) }),
  };
}

/** How far a log has been read. */
export interface LogPosition {
  readBytes: number;
  /** Lines that are no visit. */
  leftOut: number;
}

/** The visits of a whole log, in its order, however large it is; `position` tells how far it is read. */
export async function* visitsOfLog(path: string, position: LogPosition): AsyncGenerator<Visit> {
  const input = createReadStream(path);
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    position.readBytes += Buffer.byteLength(line) + 1;
    const visit = visitOfLine(line, 1 + (number % 3));
    number += 1;
    if (visit !== undefined) yield visit;
    else if (line !== '') position.leftOut += 1;
  }
}

/** What of a logged field can be sent in a header again; `-` stands for nothing. */
function readable(field: string): string {
  const text = field.replace(/\\(.)/g, '$1').replace(/[^\x20-\x7e]/g, '');
  return text === '-' ? '' : text;
}

/** `17/May/2015:10:05:03 +0000` as milliseconds since 1970. */
function timeOf(text: string): number | undefined {
  const [, day, month, year, clock, hours, minutes] = TIME.exec(text) ?? [];
  const atMs = Date.parse(`${day} ${month} ${year} ${clock} ${hours}${minutes}`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
