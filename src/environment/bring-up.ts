import type { Clock } from '../base/clock.ts';
import type { FunctionRecord } from '../function/function.ts';
import { INIT_LIMIT_MS, PROVISIONED_INIT_LIMIT_MS } from '../function/limits.ts';
import type { Environment } from './environment.ts';
import type { Lease } from './group.ts';
import { linesOfFailedInit } from './platform-lines.ts';
import type { EnvironmentStarter } from './start.ts';
import type { InitializationType } from './variables.ts';

/** What {@link bringUp} works with. */
export interface BringUpParts {
  readonly starter: Pick<EnvironmentStarter, 'start'>;
  readonly clock: Clock;
  /** Why it is started; code sees it. */
  readonly initialization: InitializationType;
  /** Learns of each environment as soon as it is built, before its code is loaded. */
  readonly onBuilt: (environment: Environment) => void;
}

/**
 * Starts an environment until it can take its first invocation. As AWS does, code that is not loaded within ten
 * seconds is loaded once more as part of its first invocation, in that one's time; one that is to stand ready has 15 minutes.
 */
export async function bringUp(parts: BringUpParts, record: FunctionRecord): Promise<Lease> {
  if (parts.initialization === 'provisioned-concurrency') {
    return attempt(parts, record, PROVISIONED_INIT_LIMIT_MS, 'init');
  }
  const first = await attempt(parts, record, INIT_LIMIT_MS, 'init');
  if (first.kind === 'environment' || first.failure.kind !== 'init-timed-out') return first;
  const beganMs = parts.clock.nowMs();
  const second = await attempt(parts, record, record.settings.timeoutMs, 'invoke');
  return second.kind === 'environment' ? { ...second, beganMs } : second;
}

async function attempt(
  { starter, clock, initialization, onBuilt }: BringUpParts,
  record: FunctionRecord,
  limitMs: number,
  phase: 'init' | 'invoke',
): Promise<Lease> {
  const beganMs = clock.nowMs();
  const { environment: built, log } = await starter.start(record, initialization);
  if (!built.ok) return { kind: 'failed', failure: built.failure, log };
  const environment = built.value;
  onBuilt(environment);
  const failure = await environment.started(limitMs);
  const initMs = clock.nowMs() - beganMs;
  if (failure !== undefined) {
    const told = { record, failure, phase, initialization, initMs, nowMs: clock.nowMs() };
    for (const line of linesOfFailedInit(told)) log.write(line);
    return { kind: 'failed', failure, log, initMs };
  }
  environment.initDurationMs = initMs;
  return { kind: 'environment', environment, isCold: true };
}
