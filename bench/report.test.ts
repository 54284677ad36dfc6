import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { runBenches } from './report.ts';

const OPTIONS: BenchOptions = { isFull: false, isOriented: false, messages: 1000, scratch: '/tmp' };

function figure(name: string): Figure {
  return { name, value: 1, unit: 's', target: 'told', kept: true };
}

async function said(benches: readonly Bench[]): Promise<{ said: readonly string[]; failures: number }> {
  const lines: string[] = [];
  const outputs = {
    figure: ({ name }: Figure) => void lines.push(`= ${name}`),
    remark: (line: string) => void lines.push(line.split('\n', 1)[0] ?? ''),
  };
  const failures = await runBenches(benches, OPTIONS, outputs);
  return { said: lines, failures };
}

test('figures are said as they come; a part that fails is said, and what follows it is measured', async () => {
  const parts: Bench = {
    ...{ name: 'parts', what: '' },
    run: async ({ progress, tell, part }) => {
      await part('one', async () => [figure('of one')]);
      progress('between');
      await part('two', () => Promise.reject(new Error('no power')));
      tell([figure('by itself')]);
      throw new Error('no more');
    },
  };
  const last: Bench = { name: 'last', what: '', run: async ({ tell }) => tell([figure('of the last')]) };
  assert.deepEqual(await said([parts, last]), {
    said: [
      ...['= of one', 'between', 'parts: two FAILED: Error: no power', '= by itself'],
      ...['parts FAILED: Error: no more', '= of the last'],
    ],
    failures: 2,
  });
  assert.equal((await said([last])).failures, 0);
});
