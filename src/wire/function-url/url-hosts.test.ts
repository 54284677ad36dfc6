import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATEST } from '../../function/function.ts';
import type { FunctionUrl } from '../../function/function-urls.ts';
import { UrlHosts } from './url-hosts.ts';

const URL: FunctionUrl = {
  function: { account: '000000000000', region: 'eu-west-1', name: 'f' },
  ...{ name: LATEST, id: 'abc', address: '127.70.1.2', createdAtMs: 0, modifiedAtMs: 0 },
  settings: { authType: 'NONE', invokeMode: 'BUFFERED' },
};

function read(host: string | undefined, domain?: string): string {
  const urls = { find: (text: string) => (text === URL.id || text === URL.address ? URL : undefined) };
  const asked = new UrlHosts({ urls, domain }).read({ headers: { ...(host !== undefined && { host }) } });
  if (asked === undefined) return 'other';
  return asked.url === undefined ? 'none' : 'url';
}

test('a URL is known by its name, in any case and with any port, and by its address', () => {
  for (const host of [
    ...['abc.lambda-url.eu-west-1.localhost', 'abc.lambda-url.eu-west-1.localhost:4566'],
    ...['ABC.Lambda-URL.eu-west-1.LOCALHOST:1', '127.70.1.2', '127.70.1.2:4566'],
  ]) {
    assert.equal(read(host), 'url', host);
  }
});

test('what looks like the host of a URL is never that of an API', () => {
  for (const host of [
    ...['gone.lambda-url.eu-west-1.localhost', 'abc.lambda-url.us-east-1.localhost'],
    ...['x.abc.lambda-url.eu-west-1.localhost:4566', '127.70.1.2.lambda-url.eu-west-1.localhost'],
    '127.0.0.1.lambda-url.eu-west-1.localhost',
    ...['127.70.1.3:4566', '127.64.0.1', '127.127.255.254'],
  ]) {
    assert.equal(read(host), 'none', host);
  }
});

test('other hosts are not its business', () => {
  for (const host of [
    ...['', 'localhost:4566', '127.0.0.1:4566', '127.0.1.1', '127.63.1.1', '127.128.1.1'],
    ...['abc.lambda-url.eu-west-1.localhost.', 'abc.lambda-url.eu-west-1.evil.example', 'abc.localhost'],
    ...['abc.lambda-url.eu-west-1.localhost@evil.example', '127.70.1.2.evil.example', '[::1]:4566'],
    'abc.lambda-url.eu-west-1.functions.example.com',
  ]) {
    assert.equal(read(host), 'other', host);
  }
  assert.equal(read(undefined), 'other');
});

test('names below the domain of the operator are names of URLs too', () => {
  const domain = 'functions.example.com';
  assert.equal(read(`abc.lambda-url.eu-west-1.${domain}`, domain), 'url');
  assert.equal(read(`gone.lambda-url.eu-west-1.${domain}:443`, domain), 'none');
  assert.equal(read('abc.lambda-url.eu-west-1.localhost', domain), 'url');
  assert.equal(read(`abc.lambda-url.eu-west-1.evil-${domain}`, domain), 'other');
});
