import type { SandboxedTree } from './sandbox.ts';

/** A tree that was never there: the machine had no room for it, or its walls could not be built. */
export function neverStarted(why: string): SandboxedTree {
  const nothing = async (): Promise<void> => undefined;
  return {
    exit: Promise.resolve({ kind: 'not-started', why }),
    freeze: nothing,
    thaw: nothing,
    terminate: nothing,
    kill: nothing,
    outputRead: async () => undefined,
    watchMemory: () => undefined,
    usedMemoryBytes: async () => 0,
    peakMemoryBytes: async () => 0,
    ranOutOfMemory: async () => false,
    owns: async () => false,
    listensAt: async () => undefined,
  };
}
