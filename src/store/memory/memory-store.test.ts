import { queueStoreContract } from '../contract.ts';
import { MemoryDisk, MemoryStore } from './memory-store.ts';

queueStoreContract('memory', async () => {
  const disk = new MemoryDisk();
  return { open: async () => new MemoryStore(disk), remove: async () => undefined };
});
