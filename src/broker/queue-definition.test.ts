import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../queue/settings.ts';
import {
  changedSettings,
  changedTags,
  firstDifference,
  readDefinition,
  writeDefinition,
} from './queue-definition.ts';

const DEAD = { account: '1', region: 'r', name: 'dead' };

test('a definition is read as it was written', () => {
  const definition = {
    key: { account: '1', region: 'r', name: 'q' },
    settings: { ...DEFAULT_SETTINGS, redrive: { deadLetterQueue: DEAD, maxReceiveCount: 3 } },
    tags: { ü: '"', ['__proto__']: 'x' },
    createdAtMs: 1,
    modifiedAtMs: 2,
  };
  assert.deepEqual(readDefinition(writeDefinition(definition)), definition);
});

test('given settings replace, null takes an optional one away, and false and 0 are values', () => {
  const before = { ...DEFAULT_SETTINGS, policy: 'p', redrive: { deadLetterQueue: DEAD, maxReceiveCount: 3 } };
  const after = changedSettings(before, { policy: null, managedSseEnabled: false, visibilityMs: 0 });
  const { policy: _, ...kept } = before;
  assert.deepEqual(after, { ...kept, managedSseEnabled: false, visibilityMs: 0 });
});

test('only what is given can differ', () => {
  const settings = { ...DEFAULT_SETTINGS, redrive: { deadLetterQueue: DEAD, maxReceiveCount: 3 } };
  assert.equal(firstDifference(settings, {}), undefined);
  assert.equal(firstDifference(settings, { visibilityMs: 30_000, policy: null }), undefined);
  assert.equal(firstDifference(settings, { visibilityMs: 30_000, delayMs: 1 }), 'delayMs');
  assert.equal(firstDifference(settings, { policy: 'p' }), 'policy');
});

test('the order of members makes no difference, their values do', () => {
  const settings = { ...DEFAULT_SETTINGS, redrive: { deadLetterQueue: DEAD, maxReceiveCount: 3 } };
  const turned = { maxReceiveCount: 3, deadLetterQueue: { name: 'dead', region: 'r', account: '1' } };
  assert.equal(firstDifference(settings, { redrive: turned }), undefined);
  assert.equal(firstDifference(settings, { redrive: { ...turned, maxReceiveCount: 4 } }), 'redrive');
  const allow = { permission: 'byQueue', sourceQueueArns: ['a', 'b'] } as const;
  const other = { permission: 'byQueue', sourceQueueArns: ['b', 'a'] } as const;
  assert.equal(
    firstDifference({ ...settings, redriveAllow: allow }, { redriveAllow: other }),
    'redriveAllow',
  );
});

test('tags are set, replaced and taken away', () => {
  assert.deepEqual(changedTags({ a: '1', b: '2' }, { a: null, b: '3', c: '' }), { b: '3', c: '' });
});
