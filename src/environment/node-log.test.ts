import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms } from './fixture/rooms.ts';

let rooms: Rooms;
before(async () => {
  rooms = await openRooms();
});
after(() => rooms[Symbol.asyncDispose]());

test('the log tail holds START, every line printed before the answer, END and REPORT', async () => {
  const result = await rooms.run({
    'index.js':
      'console.log("loading"); exports.handler = async (e) => { console.log("two\\nlines", { a: 1 }); process.stdout.write("no end"); process.stderr.write("err\\n"); console.error("last"); };',
  });
  const lines = logOf(result).split('\n');
  const id = /RequestId: ([0-9a-f-]{36})/.exec(logOf(result))?.[1] ?? '';
  assert.match(lines[0] ?? '', /Z\tundefined\tINFO\tloading$/);
  assert.equal(lines[1], `START RequestId: ${id} Version: $LATEST`);
  assert.ok(logOf(result).includes(`\t${id}\tINFO\ttwo\nlines { a: 1 }\n`));
  assert.ok(lines.includes('err'));
  assert.ok(lines.some((line) => line.startsWith('no end')));
  assert.ok(lines.some((line) => line.endsWith(`\t${id}\tERROR\tlast`)));
  assert.equal(lines.at(-3), `END RequestId: ${id}`);
  assert.match(
    lines.at(-2) ?? '',
    /^REPORT RequestId: .*\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/,
  );
});

test('a flood of output is cut off in the log and leaves the answer alone', async () => {
  const result = await rooms.run({
    'index.js':
      'exports.handler = async () => { const line = "x".repeat(1e6); for (let i = 0; i < 30; i += 1) console.log(line); return "done"; };',
  });
  assert.equal(answerOf(result), 'done');
  const kept = rooms.lines
    .filter((line) => line.includes('xxxx'))
    .reduce((sum, line) => sum + line.length, 0);
  assert.ok(kept < 5_000_000, `${kept} characters kept`);
  assert.ok(rooms.lines.some((line) => line.includes('is not kept')));
  assert.equal(result.logTail.length, 4096);
});

test('JSON logs are one object a line', async () => {
  const result = await rooms.run(
    { 'index.js': 'exports.handler = async () => { console.warn({ a: 1 }); console.log("x", 2); };' },
    {},
    { logFormat: 'JSON' },
  );
  const objects = logOf(result)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    objects.map(({ level, message }) => [level, message]),
    [
      ['WARN', { a: 1 }],
      ['INFO', 'x 2'],
    ],
  );
});
