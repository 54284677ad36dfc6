import type { Clock } from '../base/clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import type { SandboxedTree } from '../sandbox/sandbox.ts';
import type { EnvironmentDoor } from './door.ts';
import type { EnvironmentLog } from './environment-log.ts';

/** What an environment is made of; it owns all of it from then on. */
export interface EnvironmentParts {
  readonly id: EnvironmentId;
  readonly tree: SandboxedTree;
  readonly door: EnvironmentDoor;
  readonly log: EnvironmentLog;
  readonly clock: Clock;
  /** Where other programs run beside the runtime: the end that follows leaves it no time. */
  readonly killRuntime?: () => Promise<void>;
  /** Gives back whatever the environment held; called once no process of it is left. */
  readonly release: () => Promise<void>;
}
