import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { runBenches } from './report.ts';

const OPTIONS: BenchOptions = {
  isFull: false,
  isOriented: false,
  messages: 1000,
  scratch: '/tmp',
  onlyPart: undefined,
};

function figure(name: string): Figure {
  return { name, value: 1, unit: 's', target: 'told', kept: true };
}

async function said(
  benches: readonly Bench[],
  options = OPTIONS,
): Promise<{ said: readonly string[]; failures: number }> {
  const lines: string[] = [];
  const outputs = {
    figure: ({ name }: Figure) => void lines.push(`= ${name}`),
    remark: (line: string) => void lines.push(line.split('\n', 1)[0] ?? ''),
  };
  const failures = await runBenches(benches, options, outputs);
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

test('one part is measured alone by its name, with the part that it is in', async () => {
  const bench: Bench = {
    ...{ name: 'languages', what: '' },
    run: async ({ part }) => {
      for (const language of ['Node', 'Go'])
        await part(language, async () => {
          await part(`${language}, starts`, async () => [figure(`${language} starts`)]);
          await part(`${language}, calls`, async () => [figure(`${language} calls`)]);
          return [];
        });
    },
  };
  const only = async (onlyPart: string): Promise<readonly string[]> =>
    (await said([bench], { ...OPTIONS, onlyPart })).said;
  assert.deepEqual(await only('Go, calls'), ['= Go calls']);
  assert.deepEqual(await only('Node'), ['= Node starts', '= Node calls']);
  assert.deepEqual(await only('nothing'), []);
});
