import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QueueId, ReceiptHandle, RunId } from '../base/ids.ts';
import { readReceipt, writeReceipt } from './receipt.ts';

const WHOLE = fc.integer({ min: 0, max: 2 ** 43 - 1 });

function textOf(text: string): ReceiptHandle {
  return Buffer.from(text, 'latin1').toString('base64url') as ReceiptHandle;
}

/** What a receipt of such numbers is read as. */
function read([run, queue, order, receiveCount]: readonly [number, number, number, number]) {
  return { run: run as RunId, queue: queue as QueueId, order, receiveCount };
}

test('a receipt is read as it was written, and is base64url of its numbers', () => {
  fc.assert(
    fc.property(fc.tuple(WHOLE, WHOLE, WHOLE, WHOLE), (numbers) => {
      const handle = writeReceipt(read(numbers));
      assert.equal(handle, textOf(`${numbers.join('.')}e`));
      assert.deepEqual(readReceipt(handle), read(numbers));
    }),
  );
});

test('a receipt of an older version has no end, and is read', () => {
  assert.deepEqual(readReceipt(textOf('1.2.3.45')), read([1, 2, 3, 45]));
});

test('a receipt with one more character is none', () => {
  fc.assert(
    fc.property(fc.tuple(WHOLE, WHOLE, WHOLE, WHOLE), (numbers) => {
      const handle = writeReceipt(read(numbers));
      for (let code = 32; code < 127; code += 1) {
        const longer = `${handle}${String.fromCharCode(code)}`;
        assert.equal(readReceipt(longer as ReceiptHandle), undefined, longer);
      }
    }),
  );
});

test('a text is read as a receipt only when it is the one that is written for it, or was by older versions', () => {
  const receipt = writeReceipt(read([3, 12, 5_000_005, 1]));
  const changed = fc.tuple(fc.nat(receipt.length), fc.nat(2), fc.string({ maxLength: 3 }));
  const texts = fc.oneof(
    fc.string({ maxLength: 120 }),
    fc
      .array(fc.constantFrom('.', '0', '1', '9', '-'), { maxLength: 20 })
      .map((each) => textOf(each.join(''))),
    changed.map(([at, gone, come]) => `${receipt.slice(0, at)}${come}${receipt.slice(at + gone)}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const found = readReceipt(text as ReceiptHandle);
      if (found === undefined) return;
      const numbers = [found.run, found.queue, found.order, found.receiveCount].join('.');
      assert.ok([`${numbers}e`, numbers].map(textOf).includes(text as ReceiptHandle), text);
    }),
    { numRuns: 5000 },
  );
});

test('what only looks like a receipt is none', () => {
  const texts = [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4.',
    '1.2.3.4ee',
    '1.2.3.e',
    '1.2.3.',
    '1..3.4',
    '01.2.3.4',
    '1.2.3.-4',
    '1.2.3.4 ',
    '1,2.3.4',
  ];
  for (const text of texts) assert.equal(readReceipt(textOf(text)), undefined, text);
  const good = textOf('1.2.3.45e');
  assert.deepEqual(readReceipt(good), read([1, 2, 3, 45]));
  for (const text of [`${good}=`, `${good}A`, ` ${good}`, good.slice(0, -1), `${good.slice(0, -1)}V`, 'é'])
    assert.equal(readReceipt(text as ReceiptHandle), undefined, text);
});
