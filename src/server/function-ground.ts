import type { Random } from '../base/random.ts';
import type { Config } from '../config.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Tell } from '../watch/event.ts';
import type { Data } from './data.ts';

/** What functions and their environments are built on. */
export interface FunctionGround extends Data {
  readonly config: Config;
  readonly random: Random;
  readonly tell: Tell;
  readonly sandbox: Sandbox;
}
