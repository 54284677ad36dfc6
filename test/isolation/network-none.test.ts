import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { whyNoWalls } from '../../src/sandbox/bubblewrap/fixture/open-walls.ts';
import { openGround, whoCanRun, type Ground } from './ground.ts';

const Environment = { Variables: { MILLRACE_NETWORK: 'none' } };

for (const who of whoCanRun()) {
  describe(`functions without a network, platform of ${who}`, { skip: whyNoWalls ?? false }, () => {
    let ground: Ground;
    before(async () => {
      ground = await openGround(who);
      await ground.victims.node('closed-node', { Environment });
      await ground.victims.python('closed-python', { Environment });
    });
    after(() => ground[Symbol.asyncDispose]());

    test('our own runtime is reached, and nothing else', async () => {
      const { payload } = await ground.victims.invoke('closed-node', {
        url: ground.endpoint,
        node: `
          const own = Object.keys(require('os').networkInterfaces());
          const reach = (url) => fetch(url).then(() => 'reached', (error) => error.cause?.code ?? String(error));
          return { own, reached: await Promise.all([order.url, process.env.AWS_ENDPOINT_URL].map(reach)) };`,
      });
      assert.deepEqual(payload, { own: ['lo'], reached: ['ECONNREFUSED', 'ECONNREFUSED'] });
    });

    test('a program that speaks the Runtime API is reached, and nothing else', async () => {
      const python = `
import socket
host, port = order['url'].removeprefix('http://').split(':')
try: socket.create_connection((host, int(port)), 2); result = 'reached'
except OSError as error: result = [type(error).__name__, api, kept['count']]`;
      for (const count of [1, 2]) {
        const { payload } = await ground.victims.invoke('closed-python', { url: ground.endpoint, python });
        assert.deepEqual(payload, ['ConnectionRefusedError', '127.0.0.1:9001', count]);
      }
    });

    test('its end is that of the program, not of what leads it to the platform', async () => {
      const { functionError, payload } = await ground.victims.invoke('closed-python', {
        python: 'import os; os._exit(7)',
      });
      assert.equal(functionError, 'Unhandled');
      assert.match(JSON.stringify(payload), /exit status 7/);
    });

    test('another word than none or shared is said to be wrong', async () => {
      const wrong = { Variables: { MILLRACE_NETWORK: 'some' } };
      await ground.victims.node('wrong-network', { Environment: wrong });
      const { payload } = await ground.victims.invoke('wrong-network', {});
      assert.match(JSON.stringify(payload), /MILLRACE_NETWORK takes shared or none/);
    });
  });
}
