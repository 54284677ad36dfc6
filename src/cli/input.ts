import { text } from 'node:stream/consumers';
import { CommandFailed } from './terminal.ts';

/** All of standard input as text; a sentence when a terminal is there and nobody would type. */
export async function readInput(what: string): Promise<string> {
  if (process.stdin.isTTY) throw new CommandFailed(`Give ${what} as an argument, or pipe it in.`);
  return text(process.stdin);
}
