import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvironmentId } from '../base/ids.ts';
import { originFor } from './door.ts';

const ASKED = { headers: { host: '127.0.0.1:4566' } };

test('addresses begin as the client reached the server, or as its owner says they do', () => {
  assert.equal(originFor(ASKED, {}, undefined), 'http://127.0.0.1:4566');
  assert.equal(originFor({ ...ASKED, isSecure: true }, {}, undefined), 'https://127.0.0.1:4566');
  assert.equal(originFor(ASKED, {}, 'https://queues.example.org'), 'https://queues.example.org');
});

test('code in an environment is given addresses of the endpoint that it reaches', () => {
  const inside = { environmentId: 'e1' as EnvironmentId };
  assert.equal(originFor(ASKED, inside, 'https://queues.example.org'), 'http://127.0.0.1:4566');
});
