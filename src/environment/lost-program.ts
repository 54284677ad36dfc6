import type { SandboxExit } from '../sandbox/sandbox.ts';
import { exitOfCode } from '../sandbox/shell-exit.ts';

/** What has ended by itself in an environment while the rest of it lives on. */
export type LostProgram =
  | { readonly what: 'runtime'; readonly exit: SandboxExit }
  | { readonly what: 'extension'; readonly name: string; readonly code: number };

/** Reads what the program that starts extensions says of such an end (`runtimes/extensions/launch.sh`). */
export function lostProgram(said: string): LostProgram | undefined {
  const [, what, status, name] = /^lost (runtime|extension) (\d{1,3})(?: (.*))?$/.exec(said) ?? [];
  if (what === undefined) return undefined;
  const code = Number(status);
  return what === 'runtime'
    ? { what, exit: exitOfCode(code) }
    : { what: 'extension', name: name ?? '', code };
}
