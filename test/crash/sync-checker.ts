import type { SystemCall } from './trace.ts';

/** An answer that a client got: what it had sent, and a text that only the answer to it contains. */
export interface Acknowledged {
  readonly marker: string;
  readonly answer: string;
}

/** What a trace proves against a platform: sentences; none when each answer left after the sync that covers it. */
export function unsyncedAnswers(
  calls: readonly SystemCall[],
  acknowledged: readonly Acknowledged[],
  logName: string,
): string[] {
  const log = calls.filter((call) => call.succeeded && call.target.endsWith(logName));
  const sockets = calls.filter((call) => WRITES.has(call.name) && isConnection(call));
  return acknowledged.flatMap(({ marker, answer }) => {
    const write = log.find((call) => WRITES.has(call.name) && call.text.includes(marker));
    if (write === undefined) return [`${marker} was acknowledged and never written`];
    const left = sockets.find((call) => call.text.includes(answer));
    if (left === undefined) return [`the answer for ${marker} is not in the trace`];
    const covered = log.some(
      (call) => SYNCS.has(call.name) && call.begin > write.end && call.end < left.begin,
    );
    return covered ? [] : [`the answer for ${marker} left before its write was synced`];
  });
}

/**
 * Of requests made one at a time: between the request's arrival and its answer something was written, and nothing was left
 * unsynced. For changes whose answers carry no mark of their own (deletes, leases of visibility, creations).
 */
export function unsyncedSteps(
  calls: readonly SystemCall[],
  actions: readonly string[],
  logName: string,
): string[] {
  return actions.flatMap((action) => {
    const asked = calls.find(
      (call) => READS.has(call.name) && isConnection(call) && call.text.includes(action),
    );
    if (asked === undefined) return [`the request ${action} is not in the trace`];
    const answered = calls.find(
      (call) => call.begin > asked.end && WRITES.has(call.name) && call.target === asked.target,
    );
    if (answered === undefined) return [`${action} was never answered`];
    const between = calls.filter(
      (call) =>
        call.succeeded &&
        call.target.endsWith(logName) &&
        call.begin > asked.begin &&
        call.begin < answered.begin,
    );
    const lastWrite = between.findLast((call) => WRITES.has(call.name));
    if (lastWrite === undefined) return [`${action} was answered and nothing was written`];
    const synced = between.some(
      (call) => SYNCS.has(call.name) && call.begin > lastWrite.end && call.end < answered.begin,
    );
    return synced ? [] : [`${action} was answered before its write was synced`];
  });
}

function isConnection(call: SystemCall): boolean {
  return call.target.startsWith('TCP');
}

const WRITES = new Set(['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg']);
const READS = new Set(['read', 'readv', 'recvfrom', 'recvmsg']);
const SYNCS = new Set(['fsync', 'fdatasync']);
