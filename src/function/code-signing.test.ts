import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import { codeSigningArn, CodeSigningConfigs } from './code-signing.ts';
import { MemoryCatalog } from './fixture/memory.ts';
import { Turns } from './turns.ts';

const OWNER = { account: '000000000000', region: 'us-east-1' };
const PUBLISHERS = ['arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abc'];
const SETTINGS = { description: 'ours', publishers: PUBLISHERS };

function open(catalog: MemoryCatalog): Promise<CodeSigningConfigs> {
  const random = new SeededRandom(1);
  return CodeSigningConfigs.open({ catalog, turns: new Turns(), clock: new ManualClock(), random });
}

test('a configuration is kept over a restart, as it was changed last', async () => {
  const catalog = new MemoryCatalog();
  const configs = await open(catalog);
  const made = await configs.create(OWNER, SETTINGS, { team: 'a' });
  const arn = codeSigningArn(made);
  assert.match(arn, /^arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-[a-z0-9]{17}$/);
  await configs.change(arn, { description: 'theirs' });
  await configs.tag(arn, { team: 'b' });
  const [kept] = (await open(catalog)).list(OWNER.account, OWNER.region);
  assert.deepEqual(kept?.settings, { description: 'theirs', publishers: PUBLISHERS });
  assert.deepEqual(kept?.tags, { team: 'b' });
  assert.deepEqual(configs.list(OWNER.account, 'eu-west-1'), []);
});

test('what names a configuration while it is deleted comes first or finds it gone', async () => {
  const catalog = new MemoryCatalog();
  const configs = await open(catalog);
  const arn = codeSigningArn(await configs.create(OWNER, SETTINGS, {}));
  let isUsed = false;
  const [named, deleted] = await Promise.all([
    configs.whileThere(arn, async () => {
      isUsed = true;
      return 'named';
    }),
    configs.delete(arn, () => isUsed),
  ]);
  assert.deepEqual([named, deleted], ['named', false]);
  assert.ok(configs.get(arn));
  const [gone, late] = await Promise.all([
    configs.delete(arn, () => false),
    configs.whileThere(arn, async () => 'named'),
  ]);
  assert.deepEqual([gone, late], [true, undefined]);
  assert.equal(await configs.change(arn, { description: 'late' }), undefined);
  assert.deepEqual(await catalog.list('code-signing-configs'), []);
});
