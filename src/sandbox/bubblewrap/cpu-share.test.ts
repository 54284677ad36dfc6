import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuValuesV1, cpuValuesV2 } from './cpu-share.ts';

test('one core weighs what an ungrouped program weighs, a tenth of it a tenth', () => {
  assert.deepEqual(cpuValuesV1(1, 'weight'), [{ file: 'cpu.shares', value: '1024' }]);
  assert.deepEqual(cpuValuesV1(0.1, 'weight'), [{ file: 'cpu.shares', value: '102' }]);
  assert.deepEqual(cpuValuesV2(1, 'weight'), [{ file: 'cpu.weight', value: '100' }]);
  assert.deepEqual(cpuValuesV2(0.1, 'weight'), [{ file: 'cpu.weight', value: '10' }]);
});

test('a quota is the share of a tenth of a second, and at least what the kernel takes', () => {
  const quota = (cores: number): string | undefined => cpuValuesV1(cores, 'quota').at(-1)?.value;
  assert.deepEqual([quota(2), quota(0.5), quota(0.001)], ['200000', '50000', '1000']);
  assert.deepEqual(cpuValuesV2(0.5, 'quota').at(-1), { file: 'cpu.max', value: '50000 100000' });
});

test('weights stay within what the kernel takes', () => {
  assert.equal(cpuValuesV1(0.0001, 'weight')[0]?.value, '2');
  assert.equal(cpuValuesV1(1000, 'weight')[0]?.value, '262144');
  assert.equal(cpuValuesV2(0.0001, 'weight')[0]?.value, '1');
  assert.equal(cpuValuesV2(1000, 'weight')[0]?.value, '10000');
});
