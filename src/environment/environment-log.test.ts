import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ManualClock } from '../base/manual-clock.ts';
import { keptLines } from '../function/fixture/memory.ts';
import { EnvironmentLog } from './environment-log.ts';
import { turn } from './fixture/scripted.ts';

let lines: string[];
let clock: ManualClock;
let log: EnvironmentLog;

beforeEach(() => {
  lines = [];
  clock = new ManualClock();
  log = new EnvironmentLog({ group: 'g', stream: 's', lines: keptLines(lines), clock });
});

function print(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
  log.output(stream, Buffer.from(text));
}

test('output is cut into lines across chunks; what has no end comes with the flush', () => {
  print('one\ntw');
  print('o\nrest');
  assert.deepEqual(lines, ['one', 'two']);
  log.flush();
  assert.deepEqual(lines, ['one', 'two', 'rest']);
});

test('bytes that are no text, and lines without end, do not stop the log', () => {
  log.output('stdout', Buffer.from([0xff, 0x00, 0x41, 0x0a]));
  assert.equal(lines[0], '\ufffd\0A');
  print('x'.repeat(200_000));
  assert.equal(lines.length, 4);
  assert.ok(lines.slice(1).every((line) => line.length === 65_536));
});

test('an answer waits for the marks of its own invocation, on both outputs', async () => {
  let hasArrived = false;
  void log.arrived('id-1', 3).then(() => (hasArrived = true));
  print('line\n\0end id-0\n');
  print('half\0end id-1\n');
  await turn();
  assert.equal(hasArrived, false);
  print('\0end id-1\n', 'stderr');
  await turn();
  assert.equal(hasArrived, true);
  assert.deepEqual(lines, ['line', 'half']);
});

test('marks that came before are not waited for', async () => {
  print('\0end id-1\n');
  await log.arrived('id-1', 1);
});

test('a mark that never comes is waited for one second', async () => {
  const arrived = log.arrived('id-1', 1);
  clock.advance(1000);
  await arrived;
});

test('the tail is the last 4 KiB and begins anew after each take', () => {
  for (let line = 0; line < 10_000; line += 1) log.write(`line ${line}`);
  const tail = Buffer.from(log.takeTail()).toString();
  assert.equal(tail.length, 4096);
  assert.ok(tail.endsWith('line 9998\nline 9999\n'));
  log.write('next');
  assert.equal(Buffer.from(log.takeTail()).toString(), 'next\n');
});

test('a flood is kept up to a limit, with one note, until the next invocation', () => {
  for (let line = 0; line < 100; line += 1) print(`${'x'.repeat(60_000)}\n`);
  assert.ok(lines.length < 75);
  assert.equal(lines.at(-1), '[more output of this invocation is not kept]');
  log.begin();
  print('again\n');
  assert.equal(lines.at(-1), 'again');
});
