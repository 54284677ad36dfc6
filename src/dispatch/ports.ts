import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Broker } from '../broker/broker.ts';
import type { Invoker } from '../environment/invoke.ts';
import type { Allowance } from '../function/allowance.ts';
import type { EventInvokeLookup } from '../function/event-invoke.ts';
import type { Functions } from '../function/functions.ts';
import type { Catalog } from '../store/catalog.ts';
import type { WatchLoad } from './slowness.ts';
import type { Tell } from '../watch/event.ts';

/** The rooms that dispatch works with. */
export interface DispatchPorts {
  readonly broker: Broker;
  readonly functions: Functions;
  readonly eventInvokes: EventInvokeLookup;
  readonly allowance: Allowance;
  readonly invoker: Invoker;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  /** Watches whether this machine itself has no time to spare, so that durations say nothing about a function; not given: never. */
  readonly watchLoad?: WatchLoad;
}
