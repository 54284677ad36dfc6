import { assert } from '../base/assert.ts';

/**
 * The life of one environment.
 *
 *   starting ─► idle ⇄ busy        idle ─► frozen ─► busy
 *   each of them ─► stopping ─► gone, or straight to gone when its processes end by themselves
 */
export type EnvironmentState = 'starting' | 'idle' | 'busy' | 'frozen' | 'stopping' | 'gone';

const STEPS: Readonly<Record<EnvironmentState, readonly EnvironmentState[]>> = {
  starting: ['idle', 'stopping', 'gone'],
  idle: ['busy', 'frozen', 'stopping', 'gone'],
  busy: ['idle', 'stopping', 'gone'],
  frozen: ['busy', 'stopping', 'gone'],
  stopping: ['gone'],
  gone: [],
};

/** The state after a step from `from` to `to`; a step that is not written above is a broken invariant. */
export function step(from: EnvironmentState, to: EnvironmentState): EnvironmentState {
  assert(STEPS[from].includes(to), `an environment does not go from ${from} to ${to}`);
  return to;
}
