import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { failed } from '../base/result.ts';
import type { Content } from './guess.ts';
import { zipFiles } from './zip.ts';

/** Why a folder could not be built: a sentence, and what the builder said. */
export interface BuildFailed {
  readonly kind: 'build-failed';
  readonly what: string;
}

/** How a builder ended, and what it wrote to stdout and stderr; or there is no such program. */
export type BuilderEnd =
  | {
      readonly kind: 'built' | 'failed';
      /** Its exit code; null when a signal ended it. */
      readonly code: number | null;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly kind: 'not-there' };

/** The most lines of a failure that are shown: a compiler's first errors cause the others. */
const MOST_LINES = 40;

/** Runs a builder in a folder to its end. */
export function endOfBuilder(command: readonly string[], folder: string): Promise<BuilderEnd> {
  const [program = '', ...words] = command;
  const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve) => {
    child.on('error', () => resolve({ kind: 'not-there' }));
    child.on('close', (code) =>
      resolve({
        kind: code === 0 ? 'built' : 'failed',
        code,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

/** That a builder failed, with what it said. */
export function builderFailed(program: string, folder: string, said: string): Failed {
  const shown = stripVTControlCharacters(said).trim().split('\n').slice(0, MOST_LINES).join('\n');
  return buildFailed(`${program} failed in ${folder}:\n${shown}`);
}

/** A failure of building. */
export function buildFailed(what: string): Failed {
  return failed({ kind: 'build-failed', what });
}

interface Failed {
  readonly ok: false;
  readonly failure: BuildFailed;
}

/** The package of a compiled program: that program alone, as its `bootstrap`. */
export function programContent(bytes: Uint8Array, what: string): Content {
  const zip = zipFiles([{ path: 'bootstrap', bytes, executable: true }]);
  return { zip, what, guess: { ok: true, value: { runtime: 'provided.al2023', handler: 'bootstrap' } } };
}
