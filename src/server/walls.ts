import { failed, ok, type Result } from '../base/result.ts';
import type { Scope } from '../base/scope.ts';
import type { Config } from '../config.ts';
import { BareSandbox } from '../sandbox/bare/bare-sandbox.ts';
import { BubblewrapSandbox } from '../sandbox/bubblewrap/bubblewrap-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Ahead } from './ahead.ts';

/** This machine cannot hold the walls asked for. `what` is a sentence that says what is missing. */
export interface NoWalls {
  readonly kind: 'no-walls';
  readonly what: string;
}

/** The walls that the configuration asks for, once a canary has seen them hold. Never less without being asked. */
export async function chooseWalls(
  scope: Scope,
  config: Config,
  ahead: Ahead,
): Promise<Result<Sandbox, NoWalls>> {
  if (config.isolation === 'bare') return ok(scope.use(new BareSandbox(ahead)));
  const walls = await BubblewrapSandbox.open({ ...ahead, cpuSharing: config.cpuSharing });
  if (walls.ok) return ok(scope.use(walls.value));
  const what =
    `Functions cannot be isolated on this machine: ${walls.failure.what}. Install bubblewrap ` +
    '(apt-get install bubblewrap), or run functions without any isolation with --isolation bare.';
  return failed({ kind: 'no-walls', what });
}
