import { constants } from 'node:os';
import type { SandboxExit } from './sandbox.ts';

const FATAL_SIGNALS = [
  'SIGILL',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGTERM',
  'SIGSYS',
] as const;

/** How a program ended, from what shells and bubblewrap tell of it: its code, or 128 and the number of the signal that ended it. */
export function exitOfCode(code: number): Extract<SandboxExit, { readonly kind: 'exited' | 'killed' }> {
  const signal = FATAL_SIGNALS.find((name) => code === 128 + constants.signals[name]);
  return signal === undefined ? { kind: 'exited', code } : { kind: 'killed', signal };
}
