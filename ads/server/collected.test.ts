import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { collected } from './collected.ts';

describe('the bytes of an answer', () => {
  it('are whole and in order, in one part, in several, and when there are none', async () => {
    for (const parts of [['one'], ['o', 'n', 'e'], []]) {
      const bytes = await collected(Readable.from(parts.map((part) => Buffer.from(part))));
      assert.equal(Buffer.from(bytes).toString(), parts.join(''));
    }
  });

  it('are not there when the stream fails in the middle', async () => {
    const broken = Readable.from(halfAnAnswer());
    await assert.rejects(collected(broken), /connection broke/);
  });

  async function* halfAnAnswer(): AsyncGenerator<Buffer> {
    yield Buffer.from('half');
    await Promise.reject(new Error('the connection broke'));
  }
});
