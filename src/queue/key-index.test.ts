import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { present } from '../base/assert.ts';
import { KeyIndex, LAST_POSITION } from './key-index.ts';

interface Hash {
  readonly high: number;
  readonly low: number;
}

/** An index over hashes that are known by position, with its looks at them counted. */
class Known {
  readonly hashes = new Map<number, Hash>();
  looks = 0;
  readonly index = new KeyIndex({
    high: (position) => this.#look(position).high,
    low: (position) => this.#look(position).low,
  });

  add(hash: Hash, position: number): void {
    this.hashes.set(position, hash);
    this.index.add(hash.high, hash.low, position);
  }

  remove(position: number): void {
    const { high, low } = this.#look(position);
    this.index.remove(high, low, position);
    this.hashes.delete(position);
  }

  /** What is found of each, and of a hash that nothing has. */
  assertWhole(): void {
    for (const [position, { high, low }] of this.hashes)
      assert.equal(
        this.index.find(high, low, (found) => found === position),
        position,
      );
    assert.equal(
      this.index.find(1, 0xffff_ffff, () => false),
      0,
    );
  }

  #look(position: number): Hash {
    this.looks += 1;
    return present(this.hashes.get(position), 'the hash of a position');
  }
}

/** Few places to stand at, so that many stand far from theirs, at the end of the table and around it. */
const crowded = fc.record({
  high: fc.constantFrom(0, 0x4000_0000, 0xffff_ffff),
  low: fc.constantFrom(0, 5, 4090, 4095, 0xe000_0005, 0xffff_ffff),
});

test('every position is found by its hash until it is taken out, however crowded it is', () => {
  const step = fc.record({ hash: crowded, removes: fc.nat(3), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const known = new Known();
      let position = LAST_POSITION - steps.length;
      for (const { hash, removes, which } of steps) {
        position += 1;
        known.add(hash, position);
        const there = [...known.hashes.keys()];
        if (removes === 0) known.remove(present(there[which % there.length], 'one of them'));
      }
      known.assertWhole();
      for (const each of [...known.hashes.keys()]) known.remove(each);
      known.assertWhole();
    }),
  );
});

test('in room that is made ahead nothing is moved, and few hashes are looked at that are not looked for', () => {
  const known = new Known();
  const count = 30_000;
  known.index.reserve(count);
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0);
  let foreign = 0;
  for (let position = 1; position <= count; position += 1) {
    const hash = { high: random(), low: Math.imul(random() ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0 };
    const isForeign = (): boolean => {
      foreign += 1;
      return false;
    };
    assert.equal(known.index.find(hash.high, hash.low, isForeign), 0);
    known.add(hash, position);
  }
  assert.equal(known.looks, 0);
  assert.ok(foreign < count / 10, `${foreign} others were looked at`);
  known.assertWhole();
});
