import type { Random } from '../base/random.ts';
import type { Launch } from '../function/runtime/runtime.ts';
import type { SandboxSpec } from '../sandbox/sandbox.ts';
import { ApiServer } from './api-server.ts';
import type { DoorListener, OpenDoor } from './door.ts';
import { DoorWithExtensions } from './environment-door.ts';
import { FramesDoor } from './frames-door.ts';
import type { InnerPrograms } from './inner-runtime-api.ts';
import { LoopbackAddresses } from './loopback-addresses.ts';
import { RuntimeApi } from './runtime-api.ts';
import { SilentDoor } from './silent-door.ts';

/** How an environment meets the platform: as its runtime speaks, and `inner-…` where it has no network to do so. */
export type DoorKind = Launch['door'] | `inner-${Launch['door']}`;

/** The door for a runtime in that network. */
export function doorKind(launch: Launch, network: SandboxSpec['network']): DoorKind {
  return network === 'none' ? `inner-${launch.door}` : launch.door;
}

/** The doors of this platform. Without a network, our own runtimes have no Extensions API: nothing forwards to it. */
export function runtimeDoors(programs: InnerPrograms, random: Random): Readonly<Record<DoorKind, OpenDoor>> {
  const addresses = new LoopbackAddresses();
  const byHttp = async (server: ApiServer, listener: DoorListener): Promise<DoorWithExtensions> => {
    const openRuntime = (hear: DoorListener): RuntimeApi => new RuntimeApi(server, hear);
    return DoorWithExtensions.open({ server, openRuntime, random, listener });
  };
  return {
    frames: async (folder, listener) => {
      const server = await ApiServer.open(addresses.take());
      const openRuntime = (hear: DoorListener): Promise<FramesDoor> => FramesDoor.open(folder, hear);
      return DoorWithExtensions.open({ server, openRuntime, random, listener });
    },
    http: async (_folder, listener) => byHttp(await ApiServer.open(addresses.take()), listener),
    'inner-http': async (folder, listener) => byHttp(await ApiServer.openInside(folder, programs), listener),
    'inner-frames': async (folder, listener) => new SilentDoor(await FramesDoor.open(folder, listener)),
  };
}
