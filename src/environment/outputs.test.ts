import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import { openWalls, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import { noPython, pythonHere } from './fixture/python.ts';
import { answerOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms, type RoomsOptions } from './fixture/rooms.ts';
import type { InvokeResult } from './result.ts';

const MOST_LOOKS = 4000;
const pythonSkip = await noPython();

/** Rooms behind walls of their own. */
async function walledRooms(scope: AsyncDisposableStack, options: RoomsOptions = {}): Promise<Rooms> {
  const sandbox = scope.use(await openWalls(new SystemClock()));
  return scope.use(await openRooms({ sandbox, ...options }));
}

/** All that functions have printed, once so many lines are in the log: of Node a line may come behind the END of its invocation. */
async function allPrinted(rooms: Rooms, count: number): Promise<string[]> {
  const lines = (): string[] => rooms.lines.filter((line) => !/^(?:INIT_START|START|END|REPORT) /.test(line));
  for (let look = 0; lines().length < count && look < MOST_LOOKS; look += 1) await aMoment();
  return lines().toSorted();
}

async function aMoment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The lines between START and END. */
function printed(result: InvokeResult): string[] {
  const lines = logOf(result).split('\n');
  const start = lines.findIndex((line) => line.startsWith('START '));
  const end = lines.findIndex((line) => line.startsWith('END '));
  return lines.slice(start + 1, end);
}

const NODE = `
  const { writeFileSync, createWriteStream } = require('node:fs');
  const { execSync } = require('node:child_process');
  exports.handler = async (event) => {
    writeFileSync('/dev/stdout', 'by name ' + event + '\\n');
    writeFileSync('/dev/stderr', 'error by name\\n');
    execSync('echo by a shell | tee /dev/stderr >/dev/null', { stdio: 'inherit' });
    await new Promise((resolve) => createWriteStream('/dev/stdout', { flags: 'a' }).end('by a stream\\n', resolve));
    return /MILLRACE_SPARE/.test(require('node:fs').readFileSync('/proc/self/environ', 'utf8'));
  };`;

const PYTHON = `import sys
def handler(event, context):
    for name in ("/dev/stdout", "/dev/stderr", "/proc/self/fd/2"):
        with open(name, "w") as output:
            print(f"by {name}", file=output)
    print("by print")
    return "done"`;

const SHELL = `#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  curl -sS -D /tmp/headers "$api/next" >/tmp/event
  id=$(tr -d '\\r' </tmp/headers | awk -F': ' 'tolower($1) == "lambda-runtime-aws-request-id" { print $2 }')
  echo by echo >/dev/stderr
  tee -a /dev/stderr </tmp/event >/dev/null; echo >/dev/stdout
  curl -sS -d '"done"' "$api/$id/response" >/dev/null
done
`;

const limits = { timeout: 120_000, skip: whyNoWalls ?? false };

describe('a function opens its outputs by name, and all of it is in its log', limits, () => {
  test('Node, also in a program that has waited, and warm', async () => {
    await using scope = new AsyncDisposableStack();
    const rooms = await walledRooms(scope, { hasSpares: true });
    const others = ['error by name', 'by a shell', 'by a stream'];
    const first = await rooms.run({ 'index.js': NODE }, 1);
    rooms.spares.fill();
    for (let look = 0; rooms.spares.size === 0 && look < MOST_LOOKS; look += 1) await aMoment();
    const record = await rooms.deploy({ 'index.js': NODE });
    const [second, third] = [await rooms.invoke(record, 2), await rooms.invoke(record, 3)];
    assert.deepEqual([first, second, third].map(answerOf), [false, true, true]);
    const expected = [1, 2, 3].flatMap((event) => [`by name ${event}`, ...others]);
    assert.deepEqual(await allPrinted(rooms, expected.length), expected.toSorted());
  });

  test('Python', { skip: pythonSkip }, async () => {
    await using scope = new AsyncDisposableStack();
    const rooms = await walledRooms(scope, { runtimes: pythonHere() });
    const settings = { runtime: 'python3.12', handler: 'app.handler' };
    const result = await rooms.run({ 'app.py': PYTHON }, {}, settings);
    const lines = ['by /dev/stderr', 'by /dev/stdout', 'by /proc/self/fd/2', 'by print'];
    assert.deepEqual([answerOf(result), printed(result).toSorted()], ['done', lines]);
  });

  const curlSkip = !existsSync('/usr/bin/curl') && 'curl is not installed';
  test('a shell script', { skip: curlSkip }, async () => {
    await using scope = new AsyncDisposableStack();
    const rooms = await walledRooms(scope);
    const settings = { runtime: 'provided.al2023', handler: 'any' };
    const result = await rooms.run({ bootstrap: { executable: SHELL } }, 'event', settings);
    const lines = printed(result).filter((line) => line !== '');
    assert.deepEqual([answerOf(result), lines.toSorted()], ['done', ['"event"', 'by echo']]);
  });
});
