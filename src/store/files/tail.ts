import { open, type FileHandle } from 'node:fs/promises';
import type { LogLine } from '../lines.ts';
import { decodeLine } from './line-file.ts';

/** What to read of a log's end. */
export interface TailQuery {
  readonly limit: number;
  readonly sinceMs?: number;
}

const CHUNK_BYTES = 65_536;
const NEWLINE = 0x0a;

/**
 * The last lines of files given oldest first, read backwards in chunks: the cost goes with what is asked for,
 * not with what the files hold. Reading ends at a chunk whose every line is too early.
 */
export async function tailOf(paths: readonly string[], query: TailQuery): Promise<LogLine[]> {
  const newestFirst: LogLine[] = [];
  for (const path of paths.toReversed()) {
    const wentOn = await readBack(path, query, newestFirst);
    if (!wentOn) break;
  }
  return newestFirst.slice(0, query.limit).reverse();
}

/** Adds a file's lines, newest first; false when no earlier line can be wanted. */
async function readBack(path: string, query: TailQuery, newestFirst: LogLine[]): Promise<boolean> {
  const file = await openIfThere(path);
  if (file === undefined) return true;
  try {
    let endAt = (await file.stat()).size;
    let tornHead = Buffer.alloc(0);
    while (endAt > 0) {
      if (newestFirst.length >= query.limit) return false;
      const startAt = Math.max(0, endAt - CHUNK_BYTES);
      const chunk = Buffer.concat([await readRange(file, startAt, endAt), tornHead]);
      const wholeFrom = startAt === 0 ? 0 : afterFirstNewline(chunk);
      tornHead = chunk.subarray(0, wholeFrom);
      const found = addLines(chunk.toString('utf8', wholeFrom), query, newestFirst);
      if (found === 'only-too-early') return false;
      endAt = startAt;
    }
    return newestFirst.length < query.limit;
  } finally {
    await file.close();
  }
}

/** Where the first whole line of a chunk begins that starts inside a line; its end when there is none. */
function afterFirstNewline(chunk: Buffer): number {
  const at = chunk.indexOf(NEWLINE);
  return at === -1 ? chunk.length : at + 1;
}

function addLines(text: string, query: TailQuery, newestFirst: LogLine[]): 'only-too-early' | 'some' {
  const sinceMs = query.sinceMs ?? -Infinity;
  let readCount = 0;
  let takenCount = 0;
  for (const line of text.split('\n').reverse()) {
    const decoded = line === '' ? undefined : decodeLine(line);
    if (decoded === undefined) continue;
    readCount++;
    if (decoded.atMs < sinceMs) continue;
    newestFirst.push(decoded);
    takenCount++;
  }
  return readCount > 0 && takenCount === 0 ? 'only-too-early' : 'some';
}

async function readRange(file: FileHandle, startAt: number, endAt: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(endAt - startAt);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, startAt);
  return bytes.subarray(0, bytesRead);
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
