import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueStoreContract } from '../contract.ts';
import { SqliteStore } from './sqlite-store.ts';

queueStoreContract('sqlite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-queues-'));
  return {
    open: async () => {
      const path = join(directory, 'millrace.db');
      const store = await SqliteStore.open({ path, onFatal: (what) => assert.fail(what) });
      assert.ok(store.ok, store.ok ? '' : store.failure.what);
      return store.value.queues;
    },
    remove: () => rm(directory, { recursive: true }),
  };
});
