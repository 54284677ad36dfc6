import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PieceChannel } from './piece-channel.ts';

const piece = (text: string): Buffer => Buffer.from(text);

test('a piece counts as taken when the next one is asked for', async () => {
  const channel = new PieceChannel();
  const pieces = channel.pieces();
  const taken: string[] = [];
  for (const name of ['a', 'b']) void channel.take(piece(name))?.then(() => taken.push(name));
  assert.equal(String((await pieces.next()).value), 'a');
  assert.deepEqual(taken, []);
  assert.equal(String((await pieces.next()).value), 'b');
  assert.deepEqual(taken, ['a']);
  channel.end();
  assert.equal((await pieces.next()).done, true);
  assert.deepEqual(taken, ['a', 'b']);
});

test('who leaves early keeps nobody waiting', async () => {
  const channel = new PieceChannel();
  const [first, second] = [channel.take(piece('a')), channel.take(piece('b'))];
  for await (const _ of channel.pieces()) break;
  await first;
  await second;
  assert.equal(channel.take(piece('c')), undefined);
});
