import type { Launch } from '../function/runtime/runtime.ts';
import type { OpenDoor } from './door.ts';
import { FramesDoor } from './frames-door.ts';
import { LoopbackAddresses } from './loopback-addresses.ts';
import { RuntimeApi } from './runtime-api.ts';

/** The doors of this platform by the way in which a runtime speaks. */
export function runtimeDoors(): Readonly<Record<Launch['door'], OpenDoor>> {
  const addresses = new LoopbackAddresses();
  return {
    frames: (folder, listener) => FramesDoor.open(folder, listener),
    http: (_folder, listener) => RuntimeApi.open(addresses.take(), listener),
  };
}
