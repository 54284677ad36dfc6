import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, ok } from '../../base/result.ts';
import type { EnvironmentId } from '../../base/ids.ts';
import { LATEST } from '../../function/function.ts';
import type { FunctionUrl } from '../../function/function-urls.ts';
import type { Caller } from '../caller.ts';
import type { Gate } from '../gate.ts';
import { request } from '../lambda/fixture/lambda-client.ts';
import { URL_ACTION, UrlGate } from './url-gate.ts';
import { UrlHosts } from './url-hosts.ts';

const HOST = 'abc.lambda-url.us-east-1.localhost:4566';
const INSIDE: Caller = {
  ...{ account: '000000000000', region: 'us-east-1', accessKeyId: 'ASIA' },
  environmentId: 'e1' as EnvironmentId,
};

/** A gate before one URL; those who sign are `caller`. */
function gate(authType: 'NONE' | 'AWS_IAM', caller: Caller = INSIDE): UrlGate {
  const url: FunctionUrl = {
    function: { account: '000000000000', region: 'us-east-1', name: 'f' },
    ...{ name: LATEST, id: 'abc', address: '127.70.1.2', createdAtMs: 0, modifiedAtMs: 0 },
    settings: { authType, invokeMode: 'BUFFERED' },
  };
  const hosts = new UrlHosts({ urls: { find: (text) => (text === 'abc' ? url : undefined) } });
  const signed: Gate = { identify: () => ok(caller) };
  const others: Gate = {
    refusesHead: () => ({ kind: 'not-signed' }),
    identify: () => failed({ kind: 'not-signed' }),
    forbids: () => ({ kind: 'web-page', why: 'forbidden by the gate of the port' }),
  };
  return new UrlGate({ hosts, signed, others });
}

const asked = (host: string) => request('GET', '/', { headers: { host } });

test('where the host is none of a URL the gate of the port decides', () => {
  const open = gate('NONE');
  assert.deepEqual(open.refusesHead(asked('localhost')), { kind: 'not-signed' });
  assert.equal(open.identify(asked('localhost')).ok, false);
});

test('who need not say who he is may call the URL, and do nothing else', () => {
  const open = gate('NONE');
  assert.equal(open.refusesHead(asked(HOST)), undefined);
  const anybody = open.identify(asked(HOST));
  assert.ok(anybody.ok);
  assert.equal(open.forbids(anybody.value, URL_ACTION), undefined);
  assert.notEqual(open.forbids(anybody.value, 'lambda:InvokeFunction'), undefined);
  assert.notEqual(open.forbids({ ...anybody.value, isAnonymous: undefined as never }, URL_ACTION), undefined);
});

test('a function reaches URLs of its own account that demand signatures', () => {
  assert.ok(gate('AWS_IAM').identify(asked(HOST)).ok);
  const other = gate('AWS_IAM', { ...INSIDE, account: '111111111111' }).identify(asked(HOST));
  assert.ok(!other.ok && other.failure.kind === 'action-not-allowed');
});
