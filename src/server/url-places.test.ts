import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { LATEST } from '../function/function.ts';
import type { FunctionUrl } from '../function/function-urls.ts';
import { UrlPlaces, type UrlPlacesParts } from './url-places.ts';

const NAME = 'abc.lambda-url.us-east-1';

function urlAt(address: string): FunctionUrl {
  return {
    function: { account: '000000000000', region: 'us-east-1', name: 'f' },
    ...{ name: LATEST, id: 'abc', address, createdAtMs: 0, modifiedAtMs: 0 },
    settings: { authType: 'NONE', invokeMode: 'BUFFERED' },
  };
}

const url = urlAt('127.70.1.2');

async function textOf(parts: Partial<UrlPlacesParts>, port = 4566): Promise<string> {
  const urls = { all: () => [], find: () => undefined };
  await using places = new UrlPlaces({
    ...{ urls, domain: undefined, publicOrigin: undefined, isSecure: false, hasAddresses: false },
    ...parts,
  });
  await places.open({ port, adopt: (socket) => socket.destroy() });
  return places.textOf(url);
}

test('a URL is told by the name that leads here for whoever is to call it', async () => {
  assert.equal(await textOf({}), `http://${NAME}.localhost:4566/`);
  assert.equal(await textOf({ isSecure: true }, 443), `https://${NAME}.localhost/`);
  const domain = 'functions.example.com';
  assert.equal(await textOf({ domain }), `http://${NAME}.${domain}:4566/`);
  const publicOrigin = 'https://queues.example.org';
  assert.equal(await textOf({ domain, publicOrigin }), `https://${NAME}.${domain}/`);
  assert.equal(await textOf({ publicOrigin }), `http://${NAME}.localhost:4566/`);
});

test('connections to the address of a URL are handed over for as long as it is there', async () => {
  const there = new Map([[url.address, url]]);
  const urls = { all: () => [...there.values()], find: (address: string) => there.get(address) };
  const parts = { urls, domain: undefined, publicOrigin: undefined, isSecure: false, hasAddresses: true };
  const main = createServer().listen(0, '127.0.0.1');
  await once(main, 'listening');
  const { port } = main.address() as AddressInfo;
  await using places = new UrlPlaces(parts);
  await places.open({ port, adopt: (socket) => socket.end('adopted') });
  assert.equal(await places.textOf(url), `http://127.70.1.2:${port}/`);
  assert.equal(String(await connect(port, url.address).toArray()), 'adopted');
  const next = urlAt('127.70.1.3');
  there.delete(url.address);
  there.set(next.address, next);
  await places.textOf(next);
  await assert.rejects(once(connect(port, url.address), 'connect'), { code: 'ECONNREFUSED' });
  main.close();
});

test('a thousand URLs have addresses, further ones are told by their names, until others go', async () => {
  const all = new Map<string, FunctionUrl>();
  for (let at = 0; at < 1001; at += 1) {
    const address = `127.71.${Math.floor(at / 200)}.${1 + (at % 200)}`;
    all.set(address, urlAt(address));
  }
  const urls = { all: () => [...all.values()], find: (address: string) => all.get(address) };
  const parts = { urls, domain: undefined, publicOrigin: undefined, isSecure: false, hasAddresses: true };
  const main = createServer().listen(0, '127.0.0.1');
  await once(main, 'listening');
  const { port } = main.address() as AddressInfo;
  await using places = new UrlPlaces(parts);
  await places.open({ port, adopt: (socket) => socket.destroy() });
  const [first, last] = [[...all.values()][0], [...all.values()].at(-1)];
  assert.ok(first !== undefined && last !== undefined);
  assert.equal(await places.textOf(first), `http://${first.address}:${port}/`);
  assert.equal(await places.textOf(last), `http://${NAME}.localhost:${port}/`);
  all.delete(first.address);
  assert.equal(await places.textOf(last), `http://${last.address}:${port}/`);
  main.close();
});

test('where the port is taken at its address a URL is told by its name', async () => {
  const other = createServer().listen(0, url.address);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const urls = { all: () => [url], find: () => url };
  assert.equal(await textOf({ urls, hasAddresses: true }, port), `http://${NAME}.localhost:${port}/`);
  other.close();
});
