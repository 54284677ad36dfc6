import type { LogLine } from '../lines.ts';

/** The bytes of lines in a log file: one JSON array `[atMs, stream, text]` per line. */
export function encodeLines(lines: readonly LogLine[]): string {
  let text = '';
  for (const line of lines) text += `${JSON.stringify([line.atMs, line.stream, line.text])}\n`;
  return text;
}

/** One line of a log file; undefined for what a crash tore. */
export function decodeLine(text: string): LogLine | undefined {
  try {
    const [atMs, stream, line] = JSON.parse(text) as [unknown, unknown, unknown];
    if (typeof atMs !== 'number' || typeof stream !== 'string' || typeof line !== 'string') return undefined;
    return { atMs, stream, text: line };
  } catch {
    return undefined;
  }
}
