import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Scope } from '../base/scope.ts';
import type { Tell } from '../watch/event.ts';

/** Files come one after the other, and in pieces: what changes together is read once. */
const GATHER_MS = 100;

/** What is needed to notice that files change. */
export interface ChangesGround {
  readonly clock: Clock;
  readonly tell: Tell;
}

/**
 * Calls `changed` when one of the files is written, or another is put in its place: their folders are watched, as a new file
 * under the name of an old one is seen there alone.
 */
export function onChanges(
  scope: Scope,
  files: readonly string[],
  { clock, tell }: ChangesGround,
  changed: () => void,
): void {
  let gathering = false;
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    const cancel = clock.after(GATHER_MS, () => {
      gathering = false;
      changed();
    });
    scope.signal.addEventListener('abort', cancel, { once: true });
  };
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    const names = new Set(files.filter((file) => dirname(file) === folder).map((file) => basename(file)));
    const isOne = (name: string | null): boolean => name === null || names.has(name) || name.startsWith('..');
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => isOne(name) && gather());
      watcher.on('error', () => watcher.close());
      scope.defer(() => watcher.close());
    } catch (error) {
      const what = `Changes in ${folder} are read at a SIGHUP alone: ${(error as Error).message}`;
      tell({ kind: 'trouble', where: 'access', what });
    }
  }
}
