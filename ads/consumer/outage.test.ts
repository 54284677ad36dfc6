import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Outage } from './outage.ts';

const BEGAN = 'The consumer tries again and again: away';
const OVER = 'The consumer goes on.';

test('while one of several workers fails on and on, that is said once, whatever the others do', (context) => {
  const { outage, said } = listened(context);
  for (let round = 0; round < 3; round += 1) {
    outage.failed(0, 'handling', new Error('away'));
    outage.worked(1, 10);
    outage.worked(2, 0);
  }
  assert.deepEqual(said(), [BEGAN]);
  outage.worked(0, 1);
  assert.deepEqual(said(), [BEGAN, OVER]);
});

test('it goes on when the last that failed does, and a new outage is said anew', (context) => {
  const { outage, said } = listened(context);
  outage.failed(0, 'asking', new Error('away'));
  outage.failed(1, 'asking', new Error('away'));
  outage.worked(0, 0);
  assert.deepEqual(said(), [BEGAN]);
  outage.worked(1, 0);
  outage.failed(1, 'asking', new Error('away'));
  assert.deepEqual(said(), [BEGAN, OVER, BEGAN]);
});

test('a queue without messages does not say that they can be handled again; another worker that handles some does', (context) => {
  const { outage, said } = listened(context);
  outage.failed(0, 'handling', new Error('away'));
  outage.worked(0, 0);
  assert.deepEqual(said(), [BEGAN]);
  outage.worked(1, 1);
  outage.worked(0, 0);
  assert.deepEqual(said(), [BEGAN, OVER]);
});

/** An outage, and what it has said so far. */
function listened(context: TestContext): { readonly outage: Outage; readonly said: () => string[] } {
  const { mock } = context.mock.method(console, 'error', () => undefined);
  return { outage: new Outage(), said: () => mock.calls.map((call) => call.arguments.join(' ')) };
}
