import type { EndReason } from './door.ts';
import type { EnvironmentParts } from './environment-parts.ts';
import type { Power } from './power.ts';

/** Why an environment ends whose door can be trusted no more. */
export const BROKEN = 'broken off';
/** Why an environment ends whose runtime has, while others of its processes go on. */
export const RUNTIME_ENDED = 'its runtime ended';

/** As AWS does: extensions learn of the end, the runtime gets SIGTERM, and after their time everything is killed. */
export async function endProcesses(parts: EnvironmentParts, power: Power, why: string): Promise<void> {
  const reason = reasonOf(why);
  const { tree, door } = parts;
  const graceMs = door.graceMs(reason);
  if (graceMs > 0) {
    await power.thaw();
    door.telemetry.hurry();
    if (reason !== 'spindown') await parts.killRuntime?.();
    await endThemselves(parts, reason, graceMs);
  }
  await tree.kill();
}

/** Resolves when they have, or when their time is over. */
async function endThemselves(
  { tree, door, clock }: EnvironmentParts,
  reason: EndReason,
  graceMs: number,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const cancel = clock.after(graceMs, over.resolve);
  await tree.terminate().catch(() => undefined);
  door.shutdown(reason, clock.nowMs() + graceMs);
  await Promise.race([tree.exit, over.promise]);
  cancel();
}

/** Why an environment ends, as extensions are told. */
function reasonOf(why: string): EndReason {
  if (why === 'timed out' || why === 'init-timed-out') return 'timeout';
  const failures = [RUNTIME_ENDED, 'init-failed', 'exited', 'ended with its invocation'];
  return why.startsWith(BROKEN) || failures.includes(why) ? 'failure' : 'spindown';
}
