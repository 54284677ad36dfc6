import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../base/assert.ts';
import { step, type EnvironmentState } from './state.ts';

const STATES: readonly EnvironmentState[] = ['starting', 'idle', 'busy', 'frozen', 'stopping', 'gone'];

const ALLOWED = new Set([
  'starting-idle',
  'idle-busy',
  'idle-frozen',
  'busy-idle',
  'frozen-busy',
  ...['starting', 'idle', 'busy', 'frozen'].flatMap((from) => [`${from}-stopping`, `${from}-gone`]),
  'stopping-gone',
]);

test('exactly the steps of the drawing are allowed; every other one is a broken invariant', () => {
  for (const from of STATES) {
    for (const to of STATES) {
      if (ALLOWED.has(`${from}-${to}`)) assert.equal(step(from, to), to);
      else assert.throws(() => step(from, to), InvariantError, `${from} to ${to}`);
    }
  }
});
