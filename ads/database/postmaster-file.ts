import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A PostgreSQL server as its data directory tells of it. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** Reads the text of `postmaster.pid`: pid, data directory, start time, port … one a line. */
export function parsePostmasterFile(text: string): RunningServer | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  const sound = Number.isSafeInteger(pid) && pid > 1 && Number.isSafeInteger(port) && port > 0;
  return sound ? { pid, port } : undefined;
}

/**
 * The server that still runs on `dataDirectory` (one outlives a killed parent), if any. A pid file left behind by a
 * killed server, whose number may belong to somebody else today, answers undefined.
 */
export function runningServer(dataDirectory: string): RunningServer | undefined {
  try {
    const server = parsePostmasterFile(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'));
    if (server === undefined) return undefined;
    const command = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8').split('\0');
    return command.includes(dataDirectory) ? server : undefined;
  } catch {
    return undefined;
  }
}
