import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Assignment, type Assigned } from './assignment.ts';

const ASSIGNED: Assigned = { variables: { MINE: 'yes' }, words: [] };

/** An assignment and the program that waits for it. */
async function met(use: (assignment: Assignment, program: Socket) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'assignment-'));
  try {
    await using assignment = await Assignment.open(folder);
    const program = connect(join(folder, 'socket'));
    await assignment.awaited;
    await use(assignment, program);
    program.destroy();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a program that waits gets one line, and the end', async () => {
  await met(async (assignment, program) => {
    assignment.give(ASSIGNED);
    assert.deepEqual(JSON.parse(await text(program)), ASSIGNED);
  });
});

test('one that greets with an empty line is answered by one, once', async () => {
  await met(async (assignment, program) => {
    program.write('\n');
    const [answer] = (await once(program, 'data')) as [Buffer];
    assert.equal(String(answer), '\n');
    program.write('\n');
    assignment.give(ASSIGNED);
    assert.equal(await text(program), `${JSON.stringify(ASSIGNED)}\n`);
  });
});
