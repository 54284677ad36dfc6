import type { Scope } from '../base/scope.ts';
import { DurableMappings } from '../dispatch/durable-mappings.ts';
import { Inboxes } from '../dispatch/inboxes.ts';
import type { DispatchPorts } from '../dispatch/ports.ts';

/** What brings messages to functions. */
export interface DispatchRooms {
  readonly mappings: DurableMappings;
  readonly inboxes: Inboxes;
}

/** Puts all mappings and inboxes to work. */
export async function buildDispatch(scope: Scope, ports: DispatchPorts): Promise<DispatchRooms> {
  const inboxes = scope.use(await Inboxes.open(ports));
  const mappings = scope.use(await DurableMappings.open(ports));
  return { mappings, inboxes };
}
