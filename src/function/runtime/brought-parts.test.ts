import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { present } from '../../base/assert.ts';
import { SystemClock } from '../../base/clock.ts';
import { systemRandom as random } from '../../base/random.ts';
import type { WatchEvent } from '../../watch/event.ts';
import { BroughtParts, type BroughtPart } from './brought-parts.ts';

interface Cache {
  readonly parts: BroughtParts;
  readonly directory: string;
  readonly told: WatchEvent[];
  readonly stop: AbortController;
}

function cache(context: TestContext, below = 'cache'): Cache {
  const root = mkdtempSync(join(tmpdir(), 'millrace-brought-'));
  context.after(() => rmSync(root, { recursive: true }));
  const told: WatchEvent[] = [];
  const stop = new AbortController();
  writeFileSync(join(root, 'a-file'), '');
  const directory = join(root, below);
  const parts = new BroughtParts({
    directory,
    clock: new SystemClock(),
    random,
    tell: (event) => void told.push(event),
    signal: stop.signal,
  });
  return { parts, directory, told, stop };
}

function part(make: BroughtPart['make']): BroughtPart {
  return { name: 'client', version: '1.2', line: 'any: fetching client 1.2', make };
}

const write = (folder: string): Promise<void> => writeFile(join(folder, 'text'), 'whole', { mode: 0o600 });

test('a part is made once, told in one line, and found from then on', async (context) => {
  const { parts, directory, told } = cache(context);
  let made = 0;
  const client = part(async (folder) => {
    made += 1;
    await write(folder);
  });
  assert.equal(await parts.find(client), undefined);
  const [one, other] = await Promise.all([parts.ensure(client), parts.ensure(client)]);
  assert.deepEqual(one, { ok: true, value: join(directory, 'client-1.2') });
  assert.deepEqual(other, one);
  assert.deepEqual(await parts.ensure(client), one);
  assert.equal(await parts.find(client), join(directory, 'client-1.2'));
  assert.equal(made, 1);
  assert.equal(readFileSync(join(directory, 'client-1.2', 'text'), 'utf8'), 'whole');
  assert.deepEqual(
    told.map((event) => event.kind === 'brought' && [event.line, event.why]),
    [['any: fetching client 1.2', undefined]],
  );
});

test('another user may read a part, whatever mode its files were made with', async (context) => {
  const { parts, directory } = cache(context);
  const client = part(async (folder) => {
    await chmod(folder, 0o700);
    await mkdir(join(folder, 'bin'), { mode: 0o700 });
    await writeFile(join(folder, 'bin', 'run'), '#!/bin/sh\n', { mode: 0o700 });
    await write(folder);
  });
  await parts.ensure(client);
  const modes = ['', 'bin', 'bin/run', 'text'].map(
    (path) => statSync(join(directory, 'client-1.2', path)).mode & 0o777,
  );
  assert.deepEqual(modes, [0o755, 0o755, 0o755, 0o644]);
});

test('two platforms at once leave one whole part', async (context) => {
  const { parts, directory } = cache(context);
  const others = new BroughtParts({ directory, clock: new SystemClock(), random, tell: () => undefined });
  const bothAtIt = Promise.withResolvers<void>();
  let atIt = 0;
  const client = part(async (folder) => {
    atIt += 1;
    if (atIt === 2) bothAtIt.resolve();
    await bothAtIt.promise;
    await write(folder);
  });
  const made = await Promise.all([parts.ensure(client), others.ensure(client)]);
  assert.deepEqual(made[0], made[1]);
  assert.deepEqual(readdirSync(directory), ['client-1.2']);
});

test('what a killed process left half made is made again, and swept once it is old', async (context) => {
  const { parts, directory } = cache(context);
  const [old, young] = [join(directory, '.making-old'), join(directory, '.making-young')];
  for (const folder of [old, young]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(old, 'text'), 'wh');
  utimesSync(old, 1, 1);
  const made = await parts.ensure(part(write));
  assert.equal(made.ok && readFileSync(join(made.value, 'text'), 'utf8'), 'whole');
  assert.deepEqual(readdirSync(directory).sort(), ['.making-young', 'client-1.2']);
});

test('a fetch that fails is a sentence, leaves nothing, and is tried again by whoever asks next', async (context) => {
  const { parts, directory, told } = cache(context);
  let answers = false;
  const client = part(async (folder) => {
    await write(folder);
    if (!answers) throw new Error('the registry did not answer.');
  });
  const first = await parts.ensure(client);
  const reason = 'any: fetching client 1.2: the registry did not answer.';
  assert.deepEqual(first, { ok: false, failure: { kind: 'part-missing', reason } });
  assert.deepEqual(readdirSync(directory), []);
  assert.deepEqual(
    told.map((event) => event.kind === 'brought' && event.why),
    ['the registry did not answer.'],
  );
  answers = true;
  assert.equal((await parts.ensure(client)).ok, true);
});

test('a cache folder that cannot be written is named, with what to do', async (context) => {
  const { parts, directory } = cache(context, 'a-file/cache');
  const made = await parts.ensure(part(write));
  assert.match(made.ok ? '' : made.failure.reason, /cannot be written \(.*ENOTDIR.*MILLRACE_CACHE/);
  assert.ok(!made.ok && made.failure.reason.includes(directory));
});

test('a platform that stops ends what it fetches, leaves nothing of it, and begins nothing new', async (context) => {
  const { parts, directory, told, stop } = cache(context);
  const begun = Promise.withResolvers<void>();
  const endless = part(async (folder, signal) => {
    await write(folder);
    begun.resolve();
    await once(present(signal, 'the signal'), 'abort');
    throw new Error('ended');
  });
  const making = parts.ensure(endless);
  await begun.promise;
  stop.abort();
  assert.match(failureOf(await making), /the platform stops\.$/);
  assert.match(failureOf(await parts.ensure(part(write))), /the platform stops\.$/);
  assert.deepEqual([readdirSync(directory), told], [[], []]);
});

function failureOf(made: Awaited<ReturnType<BroughtParts['ensure']>>): string {
  return made.ok ? '' : made.failure.reason;
}
