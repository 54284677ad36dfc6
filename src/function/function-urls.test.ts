import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../base/random.ts';
import { MemoryCatalog } from './fixture/memory.ts';
import { FunctionUrls, type FunctionUrl } from './function-urls.ts';
import { NamedRecords } from './named-records.ts';
import { Turns } from './turns.ts';
import { isUrlAddress, freeUrlAddress } from './url-address.ts';

const KEY = { account: '000000000000', region: 'us-east-1', name: 'f' };
const PLACE = { function: KEY, name: '$LATEST' };
const OPEN = { authType: 'NONE', invokeMode: 'BUFFERED' } as const;

async function open(catalog = new MemoryCatalog(), isThere = true): Promise<FunctionUrls> {
  const records = await NamedRecords.open<FunctionUrl>(catalog, 'function-urls');
  return new FunctionUrls({
    ...{ records, turns: new Turns(), random: new SeededRandom(1) },
    isThere: () => isThere,
  });
}

async function made(urls: FunctionUrls, name = '$LATEST'): Promise<FunctionUrl> {
  const created = await urls.create({ function: KEY, name }, OPEN, 5);
  assert.ok(created.ok);
  return created.value;
}

test('a URL is found by its id and its address, also after a restart', async () => {
  const catalog = new MemoryCatalog();
  const url = await made(await open(catalog));
  assert.match(url.id, /^[a-z2-7]{32}$/);
  const later = await open(catalog);
  assert.deepEqual(later.find(url.id), url);
  assert.deepEqual(later.find(url.address), url);
  assert.equal(later.find('constructor'), undefined);
});

test('a function and each of its aliases has one URL at most', async () => {
  const urls = await open();
  const ids = [(await made(urls)).id, (await made(urls, 'live')).id];
  assert.equal(new Set(ids).size, 2);
  const twice = await Promise.all([urls.create(PLACE, OPEN, 6), urls.create(PLACE, OPEN, 6)]);
  for (const again of twice) assert.ok(!again.ok && again.failure.kind === 'url-exists');
  assert.deepEqual(
    urls.of(KEY).map(({ name }) => name),
    ['$LATEST', 'live'],
  );
});

test('of two that make a URL at once one does', async () => {
  const urls = await open();
  const both = await Promise.all([urls.create(PLACE, OPEN, 5), urls.create(PLACE, OPEN, 5)]);
  assert.deepEqual(
    both.map(({ ok }) => ok),
    [true, false],
  );
});

test('what is not there has no URL', async () => {
  const urls = await open(new MemoryCatalog(), false);
  const created = await urls.create(PLACE, OPEN, 5);
  assert.ok(!created.ok && created.failure.kind === 'no-such-function');
  assert.equal(await urls.change(PLACE, (before) => before, 6), undefined);
  assert.equal(await urls.delete(PLACE), false);
});

test('a URL that was deleted does not come back: a new one is another', async () => {
  const urls = await open();
  const first = await made(urls);
  assert.equal(await urls.delete(PLACE), true);
  assert.equal(urls.find(first.id), undefined);
  assert.equal(urls.find(first.address), undefined);
  const second = await made(urls);
  assert.notEqual(second.id, first.id);
  assert.equal(urls.find(first.id), undefined);
});

test('of thousands that came and went those that are there are found', async () => {
  const urls = await open();
  const kept = await made(urls, 'kept');
  for (let round = 0; round < 1200; round += 1) {
    await made(urls);
    await urls.delete(PLACE);
  }
  const last = await made(urls);
  for (const url of [kept, last]) {
    assert.deepEqual(urls.find(url.id), url);
    assert.deepEqual(urls.find(url.address), url);
  }
});

test('a change keeps id, address and the time at which it was made', async () => {
  const urls = await open();
  const { settings: _, ...first } = await made(urls);
  const settings = { authType: 'AWS_IAM', invokeMode: 'BUFFERED' } as const;
  const now = await urls.change(PLACE, () => settings, 9);
  assert.deepEqual(now, { ...first, settings, modifiedAtMs: 9 });
});

test('addresses are of the network that is kept for them, and no two the same', () => {
  const random = new SeededRandom(2);
  const taken = new Set<string>();
  for (let count = 0; count < 2000; count += 1) {
    const address = freeUrlAddress(random, (each) => taken.has(each));
    assert.ok(isUrlAddress(address), address);
    assert.ok(!taken.has(address));
    taken.add(address);
  }
  assert.throws(() => freeUrlAddress(random, () => true), /No address/);
  for (const other of ['127.0.0.1', '127.63.255.1', '127.128.0.1', '10.64.0.1', '127.64.1', '127.64.1.1.1'])
    assert.equal(isUrlAddress(other), false, other);
});
