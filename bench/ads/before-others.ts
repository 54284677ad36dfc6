import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const HIGHEST = -20;

/**
 * Lets this process, the first of its session, have a processor before all others, as it would on a machine of its own;
 * false where this user may not. Linux weighs sessions, not processes, where it groups them by session.
 */
export function comeBeforeOthers(): boolean {
  try {
    setPriority(HIGHEST);
  } catch {
    return false;
  }
  try {
    writeFileSync('/proc/self/autogroup', String(HIGHEST));
  } catch {
    // This kernel knows no such groups: then the priority of the process is enough.
  }
  return true;
}
