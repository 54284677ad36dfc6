import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { needsSmallDisk, smallDisk } from './fixtures/small-disk.ts';
import { Spool } from './spool.ts';
import type { SpooledMessage } from './spool-segment.ts';

const LIMIT_BYTES = 64 * 2 ** 20;

describe('a spool', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'spool-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('gives back what it took, in order, and leaves no file when all is delivered', async () => {
    const spool = open();
    const kept = await Promise.all([spool.append(messages(1, 3)), spool.append(messages(4, 25))]);
    assert.deepEqual(kept, [true, true]);
    assert.deepEqual(takeAll(spool), messages(1, 25));
    assert.equal(spool.isEmpty, true);
    await spool.close();
    assert.deepEqual(readdirSync(directory), []);
  });

  it('is gone on with by the next run where it was left, without a line that a kill cut off', async () => {
    const first = open();
    await first.append(messages(1, 12));
    first.deliver(first.peek(10));
    await first.close();
    appendFileSync(join(directory, '0000000001.spool'), 'ad-1 13 {"half":');
    const second = open();
    await second.append(messages(14, 14));
    assert.deepEqual(takeAll(second), [...messages(11, 12), ...messages(14, 14)]);
    await second.close();
    assert.deepEqual(readdirSync(directory), []);
  });

  it('begins a new file when one is large, and removes each when it is delivered', async () => {
    const spool = open();
    const large = 'x'.repeat(30_000);
    for (let part = 0; part < 30; part += 1)
      await spool.append(messages(part * 10 + 1, part * 10 + 10).map((one) => ({ ...one, body: large })));
    assert.ok(readdirSync(directory).length > 1);
    const numbers: number[] = [];
    while (!spool.isEmpty) {
      const next = spool.peek(10);
      numbers.push(...next.map(({ seq }) => seq));
      spool.deliver(next);
    }
    assert.deepEqual(
      numbers,
      messages(1, 300).map(({ seq }) => seq),
    );
    await spool.close();
    assert.deepEqual(readdirSync(directory), []);
  });

  it('refuses what is over its limit, and takes again when something is delivered', async () => {
    const spool = open(100);
    assert.equal(await spool.append(messages(1, 4)), true);
    assert.equal(await spool.append(messages(5, 8)), false);
    spool.deliver(spool.peek(10));
    await spool.close();
    const next = open(100);
    assert.equal(await next.append(messages(5, 8)), true);
    assert.deepEqual(takeAll(next), messages(5, 8));
    await next.close();
  });

  it(
    'refuses on a full disk, loses nothing that it had, and takes again when there is room',
    needsSmallDisk(),
    async () => {
      const place = join(directory, 'small');
      using _ = smallDisk(place, 64);
      const spool = new Spool({ directory: join(place, 'spool'), limitBytes: LIMIT_BYTES });
      assert.equal(await spool.append(messages(1, 3)), true);
      const tooMuch = messages(4, 5).map((one) => ({ ...one, body: 'x'.repeat(50_000) }));
      assert.equal(await spool.append(tooMuch), false);
      assert.equal(await spool.append(messages(6, 7)), true);
      assert.deepEqual(takeAll(spool), [...messages(1, 3), ...messages(6, 7)]);
      await spool.close();
    },
  );

  function open(limitBytes = LIMIT_BYTES): Spool {
    return new Spool({ directory, limitBytes });
  }
});

function messages(first: number, last: number): readonly SpooledMessage[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const seq = first + index;
    return { serverId: 'ad-1', seq, body: `{"n": "${seq} ü"}` };
  });
}

function takeAll(spool: Spool): readonly SpooledMessage[] {
  const taken: SpooledMessage[] = [];
  while (!spool.isEmpty) {
    const next = spool.peek(10);
    assert.ok(next.length > 0);
    taken.push(...next);
    spool.deliver(next);
  }
  return taken;
}
