import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { beforeEach, describe, it } from 'node:test';
import { Channel, type Reading } from './channel.ts';

describe('a channel of figures', () => {
  /** Readings under way, which a test ends. */
  let readings: PromiseWithResolvers<Reading | undefined>[];
  /** Pauses under way, which a test ends, and how long they would last. */
  let pauses: (PromiseWithResolvers<void> & { pauseMs: number })[];
  let channel: Channel;
  let heard: string[];
  let hasEnded: boolean;
  beforeEach(() => {
    [readings, pauses, heard, hasEnded] = [[], [], [], false];
    channel = new Channel({
      read() {
        const reading = Promise.withResolvers<Reading | undefined>();
        readings.push(reading);
        return reading.promise;
      },
      pause(pauseMs) {
        const pause = Promise.withResolvers<void>();
        pauses.push({ ...pause, pauseMs });
        return pause.promise;
      },
      isDue: (atMs) => atMs === 99,
    });
    channel.add({
      writableLength: 0,
      write: (text: string) => heard.push(text),
      end: () => (hasEnded = true),
    } as unknown as ServerResponse);
  });

  it('is read once for everything that changes while it is read and until its pause is over', async () => {
    for (let change = 0; change < 1000; change += 1) channel.changed();
    await finish({ readAtMs: 1 });
    for (let change = 0; change < 1000; change += 1) channel.changed();
    assert.equal(readings.length, 1);
    await rest();
    await finish({ readAtMs: 2 });
    await rest();
    assert.equal(readings.length, 2);
    assert.deepEqual(heard.slice(1), ['data: {"readAtMs":1}\n\n', 'data: {"readAtMs":2}\n\n']);
    assert.ok(pauses.every(({ pauseMs }) => pauseMs >= 150));
  });

  it('that holds says so without being read, unless it is due or could not be read before', async () => {
    channel.complete(5);
    await finish({ readAtMs: 6 });
    await rest();
    channel.complete(7);
    assert.deepEqual([readings.length, heard.at(-1)], [1, 'event: complete\ndata: 7\n\n']);
    channel.complete(99);
    assert.equal(readings.length, 2);
    readings.at(-1)?.reject(new Error('away'));
    await turn();
    await rest();
    assert.equal(heard.at(-1), 'event: stale\ndata:\n\n');
    channel.complete(100);
    await finish({ readAtMs: 101 });
    assert.equal(heard.at(-1), 'data: {"readAtMs":101}\n\n');
  });

  it('whose figures are no more ends', async () => {
    await finish(undefined);
    assert.equal(hasEnded, true);
    await rest();
    channel.changed();
    assert.equal(readings.length, 1);
  });

  async function finish(reading: Reading | undefined): Promise<void> {
    readings.at(-1)?.resolve(reading);
    await turn();
  }

  async function rest(): Promise<void> {
    pauses.at(-1)?.resolve();
    await turn();
  }
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
