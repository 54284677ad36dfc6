import type { Clock } from '../base/clock.ts';
import type { Marks } from './door.ts';
import type { EnvironmentParts } from './environment-parts.ts';

/** How long an answer waits for what was printed before it, and the end of a runtime for what it had said before. */
const WAIT_MS = 1000;

/** Waits for what was printed before an answer, which has come on another way. */
export async function printedBefore(
  { log, tree, clock }: EnvironmentParts,
  id: string,
  marks: Marks,
): Promise<void> {
  if (marks === undefined) await bounded(clock, tree.outputRead());
  else if (marks !== 0) await log.arrived(id, marks);
}

/** Waits for what the runtime had said before its process ended. */
export async function saidBefore({ door, clock }: EnvironmentParts): Promise<void> {
  await bounded(clock, door.left());
}

async function bounded(clock: Clock, waiting: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(WAIT_MS, late.resolve);
  await Promise.race([waiting, late.promise]);
  cancel();
}
