import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Measured } from './measure.ts';
import { pageOf, tableOf } from './report.ts';

const FUNCTION: Measured = {
  ...{ name: 'function', p50Ms: 25.47, p99Ms: 165, clicksPerS: 446.4, ownCpuS: 0.333, wholeCpuS: 0.9 },
  ...{ idleProcesses: 0, idleMemoryMb: 0, idleCpuS: 0, recoveryMs: 1234, wakeMs: 422.7, notBilled: 0 },
};
const CONSUMER: Measured = {
  ...FUNCTION,
  name: 'long-lived consumer',
  idleProcesses: 1,
  idleMemoryMb: 68.94,
  p99Ms: 11_118.9,
  clicksPerS: 20_345.6,
};

describe('the comparison of the two forms', () => {
  it('is a table with a column for each', () => {
    const lines = tableOf([FUNCTION, CONSUMER]).split('\n');
    assert.match(lines[0] ?? '', /function {3}long-lived consumer$/);
    assert.ok(
      lines.some((line) => /^click to charge, p50 +25\.5 ms +25\.5 ms$/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.some((line) => /^click to charge, p99 +165\.0 ms +11\.1 s$/.test(line)));
    assert.ok(lines.some((line) => /^clicks a second, from a backlog +446 +20,346$/.test(line)));
    assert.ok(lines.some((line) => /^idle: memory +0\.0 MB +68\.9 MB$/.test(line)));
    assert.ok(lines.some((line) => /^killed: longest wait of a click +1\.2 s +1\.2 s$/.test(line)));
  });

  it('is a page with the same figures', () => {
    const page = pageOf([FUNCTION, CONSUMER], 'Steady: 200 clicks a second.');
    assert.match(page, /<th scope="col">function<\/th><th scope="col">long-lived consumer<\/th>/);
    assert.match(page, /<th scope="row">idle: memory<\/th><td>0\.0 MB<\/td><td>68\.9 MB<\/td>/);
    assert.match(page, /<p>Steady: 200 clicks a second\.<\/p>/);
  });
});
