import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import type { RequestId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { ConfiguredKey } from '../access/configured-keys.ts';
import { CallerReader } from './caller.ts';
import type { WireRequest } from './door.ts';
import { mainGate } from './gate.ts';
import { SignatureCheck } from './signature.ts';
import { WebPageGuard } from './web-page-guard.ts';

const parts = {
  callers: new CallerReader({ account: '000000000000', region: 'us-east-1' }),
  guard: new WebPageGuard({ listenAddress: '127.0.0.1' }),
  isSandboxed: () => Promise.resolve(false),
};
const authorization =
  'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, ' +
  `Signature=${'0'.repeat(64)}`;

function request(headers: IncomingHttpHeaders): WireRequest {
  const signal = new AbortController().signal;
  const head = { requestId: 'r' as RequestId, method: 'POST', path: '/', query: '' };
  return { ...head, headers: { host: 'localhost', ...headers }, body: Buffer.alloc(0), signal };
}

test('without keys any credentials are taken, and none', () => {
  const gate = mainGate(parts);
  assert.ok(gate.identify(request({})).ok);
  assert.ok(gate.identify(request({ authorization })).ok);
});

const unknownKeys = new SignatureCheck<ConfiguredKey>({ find: () => undefined, clock: new ManualClock() });

test('with keys a request without a right signature is refused', () => {
  const gate = mainGate({ ...parts, signatures: unknownKeys });
  assert.equal(gate.identify(request({})).ok, false);
  assert.equal(gate.identify(request({ authorization })).ok, false);
});

test('a web page is refused before its body is read', () => {
  const head = request({ origin: 'https://evil.example' });
  assert.equal(mainGate(parts).refusesHead?.(head)?.kind, 'web-page');
});

test('who has no key is refused before the body is read', () => {
  const gate = mainGate({ ...parts, signatures: unknownKeys });
  assert.equal(gate.refusesHead?.(request({}))?.kind, 'not-signed');
  const byToken = mainGate({ ...parts, signatures: unknownKeys, carriesToken: () => true });
  assert.equal(byToken.refusesHead?.(request({})), undefined);
});

test('a limited key is refused what it may not do, with its name', () => {
  const caller = { account: '000000000000', region: 'us-east-1', accessKeyId: 'AKID' };
  const limited = { ...caller, keyScope: 'invoke-and-send' } as const;
  const gate = mainGate(parts);
  assert.equal(gate.forbids?.(limited, 'sqs:SendMessage'), undefined);
  assert.equal(gate.forbids?.(caller, 'millrace:status'), undefined);
  const refusal = gate.forbids?.(limited, 'millrace:status');
  assert.ok(refusal?.kind === 'action-not-allowed');
  assert.deepEqual([refusal.who, refusal.action], ['arn:aws:iam::000000000000:user/AKID', 'millrace:status']);
});
