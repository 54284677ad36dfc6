import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../base/manual-clock.ts';
import { TroubleLog } from './trouble-log.ts';

test('what is fetched is told with the time it took, or with what went wrong', () => {
  const lines: string[] = [];
  const log = new TroubleLog(new ManualClock(0), (line) => lines.push(line));
  log.read({ kind: 'brought', line: 'any: fetching x', tookMs: 1240 });
  log.read({ kind: 'brought', line: 'any: fetching y', tookMs: 9, why: 'no network.' });
  assert.deepEqual(lines, [
    '1970-01-01T00:00:00.000Z any: fetching x … 1.2 s',
    '1970-01-01T00:00:00.000Z any: fetching y … no network.',
  ]);
});

test('trouble becomes one line, whatever line ends are in it', () => {
  const lines: string[] = [];
  const log = new TroubleLog(new ManualClock(0), (line) => lines.push(line));
  log.read({ kind: 'trouble', where: 'dispatch', what: 'first\nsecond' });
  log.read({ kind: 'settled', queue: { account: '0', region: 'r', name: 'q' }, count: 1 });
  assert.deepEqual(lines, ['1970-01-01T00:00:00.000Z dispatch: first | second']);
});

test('a pace is told when it comes and when it goes, not at each step', () => {
  const lines: string[] = [];
  const log = new TroubleLog(new ManualClock(0), (line) => lines.push(line.slice(25)));
  const paced = { kind: 'paced', mapping: 'm', function: 'f', why: 'throttled' } as const;
  log.read({ ...paced, limit: 30, isFirst: true });
  log.read({ ...paced, limit: 15, isFirst: false });
  log.read({ ...paced, isFirst: false });
  assert.deepEqual(lines, [
    'mapping m of function f: at most 30 at once from now on (throttled).',
    'mapping m of function f: no limit of concurrency any more.',
  ]);
});
