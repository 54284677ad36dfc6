import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { neverStarted } from '../sandbox/never-started.ts';
import { ApiServer } from './api-server.ts';

/** Enough for the end of a connection to be read. */
const TURNS = 50;

test('a connection that ends silently before it is known whose it is does not outlive its environment', async () => {
  await using server = await ApiServer.open('127.0.0.1');
  const [host = '', port] = (server.variables['AWS_LAMBDA_RUNTIME_API'] ?? '').split(':');
  const silent = connect(Number(port), host);
  await once(silent, 'connect');
  silent.end();
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
  server.admit({ ...neverStarted('only its connections are the subject'), owns: async () => true });
  await server.drained();
  silent.destroy();
  assert.ok(!server.isClosed);
});
