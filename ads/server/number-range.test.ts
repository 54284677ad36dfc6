import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countOf, joined, without, type NumberRanges } from './number-range.ts';

const ranges = fc.array(
  fc.tuple(fc.nat(30), fc.nat(6)).map(([first, more]) => [first, first + more] as const),
);

function numbers(list: NumberRanges): Set<number> {
  return new Set(
    list.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
  );
}

describe('ranges of numbers', () => {
  it('joined hold the same numbers, each once', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        assert.deepEqual(numbers(joined(list)), new Set([...numbers(list)].toSorted((a, b) => a - b)));
        assert.equal(countOf(joined(list)), numbers(list).size);
      }),
    );
  });

  it('without others hold exactly the numbers that are in none of them', () => {
    fc.assert(
      fc.property(ranges, ranges, (list, others) => {
        const left = [...numbers(list)].filter((number) => !numbers(others).has(number));
        assert.deepEqual(
          [...numbers(without(list, others))],
          left.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
