import type { Clock } from '../base/clock.ts';
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

/**
 * The doors of this platform. Without a network, our own runtimes have an Extensions API only where extensions are programs
 * of their own: nothing forwards to it otherwise.
 */
export function runtimeDoors(
  programs: InnerPrograms,
  { random, clock }: { readonly random: Random; readonly clock: Clock },
): Readonly<Record<DoorKind, OpenDoor>> {
  const addresses = new LoopbackAddresses();
  const byHttp = (server: ApiServer, listener: DoorListener): Promise<DoorWithExtensions> => {
    const openRuntime = (hear: DoorListener): RuntimeApi => new RuntimeApi(server, hear);
    return DoorWithExtensions.open({ server, openRuntime, random, clock, listener });
  };
  const byFrames = (
    server: ApiServer,
    folder: string,
    listener: DoorListener,
  ): Promise<DoorWithExtensions> => {
    const openRuntime = (hear: DoorListener): Promise<FramesDoor> => FramesDoor.open(folder, hear);
    return DoorWithExtensions.open({ server, openRuntime, random, clock, listener });
  };
  const outside = (folder: string, hasExtensions: boolean): Promise<ApiServer> =>
    ApiServer.open(addresses.take(), hasExtensions ? folder : undefined);
  return {
    frames: async (folder, listener, hasExtensions) =>
      byFrames(await outside(folder, hasExtensions), folder, listener),
    http: async (folder, listener, hasExtensions) => byHttp(await outside(folder, hasExtensions), listener),
    'inner-http': async (folder, listener) => byHttp(await ApiServer.openInside(folder, programs), listener),
    'inner-frames': async (folder, listener, hasExtensions) =>
      hasExtensions
        ? byFrames(await ApiServer.openInside(folder, programs), folder, listener)
        : new SilentDoor(await FramesDoor.open(folder, listener)),
  };
}
