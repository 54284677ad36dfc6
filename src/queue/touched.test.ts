import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Moment } from './command.ts';
import { Touched } from './touched.ts';

function moment(group: number, durableGroup: number): Moment {
  return { nowMs: 0, group, latestGroup: group, durableGroup, durableThroughMs: 0 };
}

test('a read does not show a change of a group that was not durable when it was asked for', () => {
  const touched = new Touched();
  touched.add(7, moment(5, 3));
  const reading = touched.begin(moment(5, 4));
  assert.equal(touched.since(reading, 7), true);
  assert.equal(touched.since(reading, 8), false);
});

test('a read shows a change of a group that was durable when it was asked for', () => {
  const touched = new Touched();
  touched.add(7, moment(5, 3));
  assert.equal(touched.since(touched.begin(moment(6, 5)), 7), false);
});

test('a change is remembered as long as a read that does not show it is on its way', () => {
  const touched = new Touched();
  const early = touched.begin(moment(2, 1));
  touched.add(7, moment(2, 1));
  const late = touched.begin(moment(4, 3));
  touched.end(late, moment(4, 3));
  assert.equal(touched.since(early, 7), true);
  touched.end(early, moment(4, 3));
  assert.equal(touched.size, 0);
});

test('a change that is changed again counts as the later one', () => {
  const touched = new Touched();
  touched.add(7, moment(2, 0));
  touched.add(8, moment(3, 0));
  touched.add(7, moment(4, 0));
  touched.prune(moment(4, 3));
  assert.equal(touched.size, 1);
  assert.equal(touched.since(touched.begin(moment(5, 3)), 7), true);
});
