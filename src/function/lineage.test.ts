import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinedTrace, readTrace, roundsOf, traceOnwards } from './lineage.ts';

const F = { account: '000000000000', region: 'us-east-1', name: 'f' };
const G = { ...F, name: 'g' };
const FRESH = { id: '01234567-89ab-4cde-8f01-23456789abcd', nowMs: 1_700_000_000_000 };

test('an invocation that nothing came with begins a trace and counts one round', () => {
  const trace = traceOnwards(undefined, F, FRESH);
  assert.match(
    trace,
    /^Root=1-6553f100-0123456789ab4cde8f012345;Parent=8f0123456789abcd;Sampled=0;Lineage=[0-9a-f]{8}:1$/,
  );
  assert.equal(roundsOf(trace, F), 1);
  assert.equal(roundsOf(trace, G), 0);
  assert.equal(roundsOf(undefined, F), 0);
});

test('a trace that begins with a function says whether it is to be recorded; one that comes says so itself', () => {
  assert.match(traceOnwards(undefined, F, { ...FRESH, isSampled: true }), /;Sampled=1;Lineage=/);
  assert.match(traceOnwards('Root=1;Sampled=0', F, { ...FRESH, isSampled: true }), /;Sampled=0;Lineage=/);
});

test('rounds of each function are counted along a chain, and the rest of the trace stays', () => {
  let trace: string | undefined = 'Root=1-a-b;Parent=c;Sampled=1';
  for (let round = 1; round <= 20; round += 1) {
    trace = traceOnwards(traceOnwards(trace, F, FRESH), G, FRESH);
    assert.equal(roundsOf(trace, F), round);
    assert.equal(roundsOf(trace, G), round);
  }
  assert.match(trace, /^Root=1-a-b;Parent=c;Sampled=1;Lineage=/);
});

test('functions of one name in two regions or accounts are two', () => {
  const trace = traceOnwards(undefined, F, FRESH);
  assert.equal(roundsOf(trace, { ...F, region: 'eu-west-1' }), 0);
  assert.equal(roundsOf(trace, { ...F, account: '111111111111' }), 0);
});

test('joined traces have the higher count of each function, and one that knows none changes nothing', () => {
  const once = traceOnwards(undefined, F, FRESH);
  const twice = traceOnwards(traceOnwards(traceOnwards(undefined, F, FRESH), F, FRESH), G, FRESH);
  for (const joined of [joinedTrace(once, twice), joinedTrace(twice, once)]) {
    assert.deepEqual([roundsOf(joined, F), roundsOf(joined, G)], [2, 1]);
  }
  assert.equal(joinedTrace('Root=1', once), `Root=1;${once.slice(once.indexOf('Lineage'))}`);
  assert.equal(joinedTrace('Root=1', 'Root=2'), 'Root=1');
  assert.equal(joinedTrace(undefined, once), once);
  assert.equal(joinedTrace(once, undefined), once);
});

test('the number that AWS writes before the hash is passed over, and what is no lineage counts nothing', () => {
  const hash = /Lineage=(\w+):/.exec(traceOnwards(undefined, F, FRESH))?.[1] ?? '';
  assert.equal(roundsOf(`Root=1;Lineage=25:${hash}:7|1:00000000:3`, F), 7);
  for (const odd of [
    '',
    ':',
    `${hash}`,
    `${hash}:`,
    `${hash}:x`,
    `${hash}:1e3`,
    `${hash}:-5`,
    '||',
    'x:y:z',
  ]) {
    assert.equal(roundsOf(`Root=1;Lineage=${odd}`, F), 0, odd);
  }
});

test('a lineage stays short: the functions that ran last are kept', () => {
  let trace = traceOnwards(undefined, F, FRESH);
  for (let n = 0; n < 50; n += 1) trace = traceOnwards(trace, { ...F, name: `h${n}` }, FRESH);
  assert.ok(trace.length < 300);
  assert.equal(roundsOf(trace, { ...F, name: 'h49' }), 1);
  assert.equal(roundsOf(trace, F), 0);
});

test('a trace is printable and not endless', () => {
  assert.equal(readTrace('Root=1-a-b;Sampled=0'), 'Root=1-a-b;Sampled=0');
  for (const none of [undefined, '', 'a b', 'ä', 'a\r\nb', 'x'.repeat(2000)])
    assert.equal(readTrace(none), undefined);
});
