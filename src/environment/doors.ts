import type { Launch } from '../function/runtime/runtime.ts';
import type { SandboxSpec } from '../sandbox/sandbox.ts';
import type { OpenDoor } from './door.ts';
import { FramesDoor } from './frames-door.ts';
import { LoopbackAddresses } from './loopback-addresses.ts';
import type { InnerPrograms } from './inner-runtime-api.ts';
import { RuntimeApi } from './runtime-api.ts';

/** How an environment meets the platform: as its runtime speaks, and `inner-http` where it has no network to do so. */
export type DoorKind = Launch['door'] | 'inner-http';

/** The door for a runtime in that network. */
export function doorKind(launch: Launch, network: SandboxSpec['network']): DoorKind {
  return launch.door === 'http' && network === 'none' ? 'inner-http' : launch.door;
}

/** The doors of this platform. */
export function runtimeDoors(programs: InnerPrograms): Readonly<Record<DoorKind, OpenDoor>> {
  const addresses = new LoopbackAddresses();
  return {
    frames: (folder, listener) => FramesDoor.open(folder, listener),
    'inner-http': (folder, listener) => RuntimeApi.openInside(folder, programs, listener),
    http: (_folder, listener) => RuntimeApi.open(addresses.take(), listener),
  };
}
