import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tmpUsage } from './tmp-usage.ts';

test("what lies in the machine's /tmp is no usage of an environment whose walls are not built yet", async () => {
  assert.deepEqual(await tmpUsage(process.pid, 512 * 1024 * 1024), { bytes: 0, files: 0 });
});
