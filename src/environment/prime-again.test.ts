import assert from 'node:assert/strict';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ManualClock } from '../base/manual-clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import { systemRandom as random } from '../base/random.ts';
import { failed } from '../base/result.ts';
import { CodeFolders } from '../function/code-folders.ts';
import type { FunctionRecord } from '../function/function.ts';
import { PrimedFolders } from '../function/primed-folders.ts';
import { Runtimes } from '../function/runtime/runtimes.ts';
import type { Launch, Runtime } from '../function/runtime/runtime.ts';
import { keptLines, MemoryBlobs } from '../function/fixture/memory.ts';
import { EnvironmentLog } from './environment-log.ts';
import { zipOf } from './fixture/rooms.ts';
import { Primer } from './prime.ts';
import type { StartAttempt } from './start.ts';

const directory = await mkdtemp(join(tmpdir(), 'prime-'));
after(() => rm(directory, { recursive: true }));
const blobs = new MemoryBlobs();
const sha256 = await blobs.put(zipOf({ 'index.js': '' }));
const clock = new ManualClock();

const same = (launch: Launch): Launch => launch;
const runtime: Runtime = {
  ids: ['nodejs24.x'],
  preparation: 'plain',
  prepare: async () => undefined,
  launch: async () => ({ command: [], variables: {}, mounts: [], door: 'frames' }),
  priming: { version: '1', target: '/cache', isWorthwhile: async () => true, make: same, use: same },
  probe: async () => ({ available: true, sentence: '' }),
};

function recordOf(name: string): FunctionRecord {
  const settings = { runtime: 'nodejs24.x', handler: 'index.handler' } as FunctionRecord['settings'];
  const key = { account: '1', region: 'r', name };
  const state = { kind: 'active' } as const;
  const times = { createdAtMs: 0, modifiedAtMs: 0 };
  return {
    key,
    settings,
    state,
    ...times,
    package: { sha256, sizeBytes: 1 },
    version: '$LATEST',
    revisionId: '1',
  };
}

/** One run of the platform on the same directory; `work` stands for the program that fills the folder. */
async function open(work: (folder: string) => Promise<void>): Promise<{ code: CodeFolders; primer: Primer }> {
  const code = await CodeFolders.open({ directory, blobs, random });
  const lines = keptLines([]);
  const startPriming = async (_record: FunctionRecord, folder: string): Promise<StartAttempt> => {
    await work(folder);
    const end = failed({ kind: 'exited', exit: { kind: 'exited', code: 0 } } as const);
    const log = new EnvironmentLog({ group: '', stream: '', lines, clock });
    return { id: '1' as EnvironmentId, log, environment: end };
  };
  const parts = { code, lines, clock, runtimes: new Runtimes([runtime]), tell: () => undefined };
  const folders = new PrimedFolders(code);
  const latest = (record: FunctionRecord): FunctionRecord => record;
  return { code, primer: new Primer({ ...parts, folders, starter: { startPriming }, latest }) };
}

test('what was interrupted is made again at the next start of an environment, and goes with the code', async () => {
  const record = recordOf('f');
  const begun = Promise.withResolvers<void>();
  const killed = await open(async (folder) => {
    await writeFile(join(folder, 'cache'), 'half');
    begun.resolve();
    await new Promise(() => undefined);
  });
  assert.equal(await killed.primer.find(record), undefined);
  await begun.promise;

  const { code, primer } = await open((folder) => writeFile(join(folder, 'cache'), 'whole'));
  assert.deepEqual(await readdir(join(directory, 'staging')), []);
  assert.equal(await primer.find(record), undefined);
  await primer.settled();
  const folder = (await primer.find(record)) ?? '';
  assert.equal(await readFile(join(folder, 'cache'), 'utf8'), 'whole');

  const other = recordOf('other');
  await primer.find(other);
  await primer.settled();
  const ofOther = (await primer.find(other)) ?? '';
  primer.listener.deleted?.(record);
  await primer.settled();
  await assert.rejects(access(folder), { code: 'ENOENT' });
  await access(ofOther);
  await code.drop(sha256);
  await assert.rejects(access(ofOther), { code: 'ENOENT' });
});
