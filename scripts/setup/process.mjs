import { readFileSync } from 'node:fs';

/**
 * When the process started, in ticks of the kernel since boot: with the pid it names one process for good,
 * also after the pid has been given to another. Undefined when there is no such process, or only its remains.
 */
export function processStart(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** A process as it is written into a lock. */
export function identify(pid) {
  return { pid, start: processStart(pid) };
}

/** True while that very process runs. */
export function isRunning(identity) {
  if (identity === undefined || identity.start === undefined) return false;
  return processStart(identity.pid) === identity.start;
}
