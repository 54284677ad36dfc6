import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueStoreContract } from '../contract.ts';
import type { WriterSettings } from './open-database.ts';
import { SqliteStore } from './sqlite-store.ts';

contract('sqlite', {});
contract('sqlite, in small bundles', { bundles: { fewest: 1, most: 2 } });

function contract(name: string, settings: Partial<WriterSettings>): void {
  queueStoreContract(name, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-queues-'));
    return {
      open: async () => {
        const path = join(directory, 'millrace.db');
        const store = await SqliteStore.open({ path, settings, onFatal: (what) => assert.fail(what) });
        assert.ok(store.ok, store.ok ? '' : store.failure.what);
        return store.value.queues;
      },
      remove: () => rm(directory, { recursive: true }),
    };
  });
}
