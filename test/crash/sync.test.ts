import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { finishedTrace, underStrace, whyNoStrace } from './strace.ts';
import { unsyncedAnswers, type Acknowledged } from './sync-checker.ts';
import { parseTrace } from './trace.ts';

const skip = whyNoStrace() ?? false;
const ANSWERING_STORE = fileURLToPath(new URL('answering-store.ts', import.meta.url));

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-sync-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Keeps lines in a traced store and judges its trace. */
async function judgedStore(context: TestContext, synchronous: 'FULL' | 'OFF'): Promise<string[]> {
  const directory = temporary(context);
  const output = join(directory, 'trace');
  const [tracer, ...words] = [
    ...underStrace(output),
    process.execPath,
    ANSWERING_STORE,
    join(directory, 'millrace.db'),
    synchronous,
  ];
  const program = spawn(tracer, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface(program.stdout), 'line')) as [string];
  const socket = connect(Number(port), '127.0.0.1');
  const acknowledged: Acknowledged[] = [];
  const answers = createInterface(socket)[Symbol.asyncIterator]();
  for (let number = 0; number < 20; number++) {
    const marker = `mark-${number}-${hash('md5', String(number))}`;
    socket.write(`${marker}\n`);
    const answer = await answers.next();
    acknowledged.push({ marker, answer: answer.value ?? '' });
  }
  socket.destroy();
  const ended = once(program, 'exit');
  program.stdin.end();
  await ended;
  const trace = await finishedTrace(output, program.pid ?? 0);
  return unsyncedAnswers(parseTrace(trace), acknowledged, 'millrace.db-wal');
}

test("each of the store's answers leaves after the sync that covers it", { skip }, async (context) => {
  assert.deepEqual(await judgedStore(context, 'FULL'), []);
});

test('a store that does not sync is caught', { skip }, async (context) => {
  const found = await judgedStore(context, 'OFF');
  assert.equal(found.length, 20);
  assert.match(found[0] ?? '', /left before its write was synced/);
});
