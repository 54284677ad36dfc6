import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ManualClock } from '../../base/manual-clock.ts';
import type { LogLine } from '../lines.ts';
import { FileLines, type FileLinesOptions } from './file-lines.ts';

const GROUP = '/aws/lambda/charge';

function line(number: number, text = `line ${number}`): LogLine {
  return { atMs: number, stream: 'environment-1', text };
}

function numbered(from: number, count: number): LogLine[] {
  return Array.from({ length: count }, (_, index) => line(from + index));
}

function openLines(context: TestContext, more: Partial<FileLinesOptions> = {}) {
  const directory = more.directory ?? mkdtempSync(join(tmpdir(), 'millrace-lines-'));
  if (more.directory === undefined) context.after(() => rmSync(directory, { recursive: true }));
  const troubles: string[] = [];
  const clock = new ManualClock(0);
  const lines = new FileLines({
    directory,
    clock,
    onTrouble: (what) => troubles.push(what),
    ...more,
  });
  return { lines, directory, clock, troubles };
}

test('the tail is the last lines, oldest first, whatever is in their text', async (context) => {
  const { lines } = openLines(context);
  const odd = line(3, 'two\nlines, "quotes", \u2028 and ünïcode');
  lines.append(GROUP, [line(1), line(2)]);
  lines.append(GROUP, [odd]);
  assert.deepEqual(await lines.tail(GROUP, { limit: 2 }), [line(2), odd]);
  assert.deepEqual(await lines.tail(GROUP, { limit: 10, sinceMs: 3 }), [odd]);
  assert.deepEqual(await lines.tail('/aws/lambda/other', { limit: 10 }), []);
});

test('a tail reads over the borders of chunks and of files', async (context) => {
  const bounds = { fileBytes: 300_000, files: 3, waitingLines: 100_000 };
  const { lines } = openLines(context, { bounds });
  for (let from = 0; from < 20_000; from += 1000) {
    lines.append(GROUP, numbered(from, 1000));
    await lines.tail(GROUP, { limit: 1 });
  }
  assert.deepEqual(await lines.tail(GROUP, { limit: 9000 }), numbered(11_000, 9000));
});

test('a line longer than a chunk is read whole', async (context) => {
  const { lines } = openLines(context);
  const long = line(2, 'x'.repeat(200_000));
  lines.append(GROUP, [line(1), long, line(3)]);
  assert.deepEqual(await lines.tail(GROUP, { limit: 3 }), [line(1), long, line(3)]);
});

test('a group never holds more than its bounds; the oldest lines go', async (context) => {
  const bounds = { fileBytes: 10_000, files: 3, waitingLines: 100_000 };
  const { lines, directory } = openLines(context, { bounds });
  for (let number = 0; number < 2000; number += 100) {
    lines.append(GROUP, numbered(number, 100));
    await lines.tail(GROUP, { limit: 1 });
  }
  const folder = join(directory, readdirSync(directory)[0] ?? '');
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  assert.ok(sizes.length <= 3 && sizes.every((size) => size <= 10_000), `sizes ${sizes.join()}`);
  const kept = await lines.tail(GROUP, { limit: 5000 });
  assert.deepEqual(kept, numbered(2000 - kept.length, kept.length));
  assert.ok(kept.length > 300);
});

test('lines outlive a restart, also when a crash tore the last one', async (context) => {
  const first = openLines(context);
  first.lines.append(GROUP, [line(1)]);
  await first.lines[Symbol.asyncDispose]();
  const folder = join(first.directory, readdirSync(first.directory)[0] ?? '');
  appendFileSync(join(folder, readdirSync(folder)[0] ?? ''), '[2,"environment-1","to');

  const second = openLines(context, { directory: first.directory });
  assert.deepEqual(await second.lines.tail(GROUP, { limit: 5 }), [line(1)]);
  second.lines.append(GROUP, [line(3)]);
  assert.deepEqual(await second.lines.tail(GROUP, { limit: 5 }), [line(1), line(3)]);
});

test('lines are written together after a short time, without anybody asking', async (context) => {
  const { lines, directory, clock } = openLines(context);
  lines.append(GROUP, [line(1)]);
  lines.append(GROUP, [line(2)]);
  assert.deepEqual(readdirSync(directory), []);
  clock.advance(20);
  assert.equal(clock.nextDueMs(), undefined);
  await lines[Symbol.asyncDispose]();
  const reader = openLines(context, { directory });
  assert.deepEqual(await reader.lines.tail(GROUP, { limit: 5 }), [line(1), line(2)]);
});

test('a removed group is gone and can begin again', async (context) => {
  const { lines, directory } = openLines(context);
  lines.append(GROUP, [line(1)]);
  await lines.tail(GROUP, { limit: 1 });
  lines.append(GROUP, [line(2)]);
  await lines.remove(GROUP);
  assert.deepEqual(readdirSync(directory), []);
  lines.append(GROUP, [line(3)]);
  assert.deepEqual(await lines.tail(GROUP, { limit: 5 }), [line(3)]);
});

test('lines beyond what may wait for the disk are counted, not kept', async (context) => {
  const bounds = { fileBytes: 10_000, files: 3, waitingLines: 2 };
  const { lines } = openLines(context, { bounds });
  lines.append(GROUP, numbered(1, 5));
  const texts = (await lines.tail(GROUP, { limit: 5 })).map(({ text }) => text);
  assert.deepEqual(texts, ['line 1', 'line 2', '(3 lines dropped: the disk was too slow)']);
});

test('a disk that refuses is told and throws nothing', async (context) => {
  const { directory } = openLines(context);
  writeFileSync(join(directory, 'file'), '');
  const { lines, troubles } = openLines(context, { directory: join(directory, 'file') });
  lines.append(GROUP, [line(1)]);
  await lines[Symbol.asyncDispose]();
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? '', /log lines were lost/);
});

test('names of groups never lead out of the folder', async (context) => {
  const { lines, directory } = openLines(context);
  for (const group of ['..', '.', 'a/../../b', 'x'.repeat(512)]) {
    lines.append(group, [line(1)]);
    assert.deepEqual(await lines.tail(group, { limit: 1 }), [line(1)]);
  }
  assert.equal(readdirSync(directory).length, 4);
});
