import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { WaitingRecords } from './waiting-records.ts';

test('a batch is due when it has as many records, or as many bytes, as one may have', () => {
  const byCount = new WaitingRecords({ maxItems: 2, maxBytes: 1000 });
  byCount.add('a');
  assert.equal(byCount.isDue, false);
  byCount.add('b');
  assert.equal(byCount.isDue, true);
  assert.deepEqual(byCount.take(), { records: ['a', 'b'], sizeBytes: 2 });
  assert.equal(byCount.take(), undefined);
  const byBytes = new WaitingRecords({ maxItems: 100, maxBytes: 4 });
  byBytes.add('äb');
  assert.equal(byBytes.isDue, false);
  byBytes.add('c');
  assert.equal(byBytes.isDue, true);
});

test('one record that is larger than a batch goes alone', () => {
  const waiting = new WaitingRecords({ maxItems: 10, maxBytes: 4 });
  waiting.add('x'.repeat(20));
  waiting.add('y');
  assert.deepEqual(waiting.takeDropped(), { records: 1, sizeBytes: 1 });
  assert.equal(waiting.take()?.sizeBytes, 20);
});

test('what is beyond the bound is dropped and counted, once', () => {
  const waiting = new WaitingRecords({ maxItems: 2, maxBytes: 1000 });
  for (const text of ['a', 'b', 'c', 'd', 'e', 'ff']) waiting.add(text);
  assert.deepEqual(waiting.take()?.records, ['a', 'b']);
  assert.deepEqual(waiting.takeDropped(), { records: 2, sizeBytes: 3 });
  assert.equal(waiting.takeDropped(), undefined);
});

test('whatever comes: order stays, no batch is too large, and every record is delivered or counted', () => {
  const steps = fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constant('take')), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const waiting = new WaitingRecords({ maxItems: 3, maxBytes: 16 });
      const out: string[] = [];
      const takeOne = (): boolean => {
        const batch = waiting.take();
        if (batch === undefined) return false;
        assert.ok(batch.records.length <= 3);
        assert.ok(batch.sizeBytes <= 16 || batch.records.length === 1);
        out.push(...batch.records);
        return true;
      };
      const added = all.map((text, index) => (text === 'take' ? text : `${index} ${text}`));
      for (const step of added)
        if (step === 'take') takeOne();
        else waiting.add(step);
      while (takeOne());
      const records = added.filter((text) => text !== 'take');
      const dropped = waiting.takeDropped()?.records ?? 0;
      assert.equal(out.length + dropped, records.length);
      assert.deepEqual(
        out,
        records.filter((text) => out.includes(text)),
      );
    }),
  );
});
