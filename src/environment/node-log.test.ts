import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerOf, logOf } from './fixture/results.ts';
import type { InvokeResult } from './result.ts';
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

test('bytes that are no text, and none of the line ends, harm neither log nor answer', async () => {
  const result = await rooms.run({
    'index.js':
      'exports.handler = async () => { process.stdout.write(Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x0d])); process.stderr.write("\\x1b[31mred"); return "done"; };',
  });
  assert.equal(answerOf(result), 'done');
  assert.match(logOf(result), /\ufffd/);
  assert.match(logOf(result), /\[31mred/);
});

/** The lines of a JSON log: those of the platform have a type, those of the function a level. */
function objectsOf(result: InvokeResult): readonly JsonLine[] {
  const lines = logOf(result).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as JsonLine);
}

interface JsonLine {
  readonly type?: string;
  readonly level?: string;
  readonly message?: unknown;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly errorType?: string;
  readonly errorMessage?: string;
}

const TALKATIVE = {
  'index.js': `exports.handler = async (event) => {
    console.debug("quiet");
    console.warn({ a: 1 });
    console.log("x", 2);
    if (event.fail) throw new RangeError("too far");
  };`,
};

test('a JSON log is one object a line, those of the platform too', async () => {
  const result = await rooms.run(TALKATIVE, {}, { logFormat: 'JSON' });
  const objects = objectsOf(result);
  assert.deepEqual(
    objects.map(({ type, level, message }) => [type ?? level, message]),
    [
      ['platform.start', undefined],
      ['WARN', { a: 1 }],
      ['INFO', 'x 2'],
      ['platform.report', undefined],
    ],
  );
  const { requestId, status, metrics } = objects.at(-1)?.record ?? {};
  assert.equal(requestId, objects[0]?.record?.['requestId']);
  assert.equal(status, 'success');
  const told = ['durationMs', 'billedDurationMs', 'memorySizeMB', 'maxMemoryUsedMB', 'initDurationMs'];
  assert.deepEqual(Object.keys(metrics as object), told);
});

test('the levels of a JSON log hold for the function and for the platform', async () => {
  const all = await rooms.deploy(TALKATIVE, {
    logFormat: 'JSON',
    applicationLogLevel: 'TRACE',
    systemLogLevel: 'DEBUG',
  });
  assert.deepEqual(
    objectsOf(await rooms.invoke(all)).map(({ type, level }) => type ?? level),
    ['platform.start', 'DEBUG', 'WARN', 'INFO', 'platform.runtimeDone', 'platform.report'],
  );
  const few = await rooms.deploy(TALKATIVE, {
    logFormat: 'JSON',
    applicationLogLevel: 'ERROR',
    systemLogLevel: 'WARN',
  });
  assert.equal(logOf(await rooms.invoke(few)), '');
  const failed = objectsOf(await rooms.invoke(few, { fail: true }));
  assert.deepEqual(
    failed.map(({ type, level }) => type ?? level),
    ['ERROR', 'platform.runtimeDone', 'platform.report'],
  );
  const { message, errorType, errorMessage } = failed[0] ?? {};
  assert.deepEqual([message, errorType, errorMessage], ['Invoke Error', 'RangeError', 'too far']);
  assert.equal(failed[2]?.record?.['status'], 'error');
});

test('a text log has all that the function prints, whatever its level', async () => {
  const result = await rooms.run(TALKATIVE);
  assert.match(logOf(result), /\tDEBUG\tquiet\n/);
});
