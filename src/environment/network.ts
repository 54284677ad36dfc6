import type { FunctionRecord } from '../function/function.ts';
import type { SandboxSpec } from '../sandbox/sandbox.ts';

/** The function variable by which its owner takes it off the network. AWS has no such setting. */
export const NETWORK_VARIABLE = 'MILLRACE_NETWORK';

/** The network that a function runs in; undefined when its variable says neither `shared` nor `none`. */
export function networkOf({ settings }: FunctionRecord): SandboxSpec['network'] | undefined {
  const wanted = settings.variables[NETWORK_VARIABLE] ?? 'shared';
  return wanted === 'shared' || wanted === 'none' ? wanted : undefined;
}
