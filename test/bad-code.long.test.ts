import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strToU8 } from 'fflate';
import { openGround } from './isolation/ground.ts';

test('code that never finishes loading is ended when its time is over, and others are served meanwhile', async () => {
  await using ground = await openGround('this user');
  const { victims } = ground;
  const source = strToU8(
    'await new Promise(() => setInterval(() => {}, 1000)); export const handler = () => 1;',
  );
  const more = { Runtime: 'nodejs24.x' as const, Handler: 'index.handler', Timeout: 3 };
  await victims.create('endless', { 'index.mjs': source }, more);
  await victims.python('neighbour');
  const endless = victims.invoke('endless', {});
  assert.equal((await victims.invoke('neighbour', { python: 'result = 1' })).payload, 1);
  const { functionError, payload } = await endless;
  assert.equal(functionError, 'Unhandled');
  assert.match(JSON.stringify(payload), /Sandbox\.Timedout.*Task timed out after 3\.00 seconds/);
});
