import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Line } from './line.ts';

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), count: fc.nat(2000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('shift' as const), count: fc.nat(2000) }) },
  fc.record({ kind: fc.constantFrom('unshift' as const, 'clear' as const), count: fc.constant(1) }),
);

test('a line goes first in, first out, and its front may be put back', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const line = new Line<number>();
      let model: number[] = [];
      let next = 0;
      for (const { kind, count } of steps) {
        if (kind === 'clear') {
          line.clear();
          model = [];
        }
        for (let done = 0; done < count; done += 1) {
          next += 1;
          if (kind === 'push') line.push(next);
          if (kind === 'push') model.push(next);
          if (kind === 'unshift') line.unshift(next);
          if (kind === 'unshift') model.unshift(next);
          if (kind === 'shift') assert.equal(line.shift(), model.shift());
        }
        assert.equal(line.length, model.length);
      }
      while (model.length > 0) assert.equal(line.shift(), model.shift());
      assert.equal(line.shift(), undefined);
    }),
    { numRuns: 40 },
  );
});
