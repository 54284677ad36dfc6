import type { Visit } from './visit.ts';

const LINE = /^(\S+) \S+ \S+ \[[^\]]+\] "(\S+) [^"]*" \d{3} \S+ "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"/;

/**
 * Reads one line of an access log in combined format as a visit with one click: its address, method and agent.
 * Undefined for a line that is none, or whose method is neither GET nor HEAD.
 */
export function visitOfLine(line: string, publisherId: number): Visit | undefined {
  const [, address = '', method = '', agent = ''] = LINE.exec(line) ?? [];
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const readable = agent.replace(/\\(.)/g, '$1').replace(/[^\x20-\x7e]/g, '');
  return { publisherId, address, agent: readable === '-' ? '' : readable, clicks: [{ method, afterMs: 0 }] };
}

/** The visits of a whole log, in its order. */
export function* visitsOfLog(text: string): Generator<Visit> {
  let number = 0;
  for (const line of text.split('\n')) {
    const visit = visitOfLine(line, 1 + (number % 3));
    number += 1;
    if (visit !== undefined) yield visit;
  }
}
