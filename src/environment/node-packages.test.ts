import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { BroughtParts } from '../function/runtime/brought-parts.ts';
import { NodeRuntime } from '../function/runtime/node.ts';
import type { Mount } from '../sandbox/sandbox.ts';
import { sharedWalls, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms } from './fixture/rooms.ts';

const NEEDS = { handler: 'index.handler', runtime: 'nodejs22.x' };

describe(
  'packages that a Node function finds without bringing them',
  { timeout: 120_000, skip: whyNoWalls ?? false },
  () => {
    const walls = sharedWalls();
    const folder = mkdtempSync(join(tmpdir(), 'millrace-packages-'));
    chmodSync(folder, 0o755);
    after(() => rmSync(folder, { recursive: true }));

    test('the SDK’s clients of SQS and Lambda are there, for modules and for scripts; its own go before', async () => {
      await using rooms = await opened();
      const names = 'typeof a.SQSClient, typeof b.LambdaClient';
      const module = `import * as a from '@aws-sdk/client-sqs'; import * as b from '@aws-sdk/client-lambda';
      new a.SQSClient({}); export const handler = async () => [${names}];`;
      const script = `const a = require('@aws-sdk/client-sqs'); const b = require('@aws-sdk/client-lambda');
      new b.LambdaClient({}); exports.handler = async () => [${names}];`;
      for (const files of [{ 'index.mjs': module }, { 'index.js': script }]) {
        const result = await rooms.run(files, {}, NEEDS);
        assert.deepEqual(answerOf(result), ['function', 'function'], logOf(result));
      }
      const own = {
        'index.mjs': `import { whose } from '@aws-sdk/client-sqs'; export const handler = async () => whose;`,
        'node_modules/@aws-sdk/client-sqs/package.json': '{"type": "module", "exports": "./own.js"}',
        'node_modules/@aws-sdk/client-sqs/own.js': 'export const whose = "its own";',
      };
      assert.equal(answerOf(await rooms.run(own, {}, NEEDS)), 'its own');
      const missing = { 'index.mjs': `import '@aws-sdk/client-s3'; export const handler = async () => 1;` };
      const refused = await rooms.run(missing, {}, NEEDS);
      assert.match(errorOf(refused).errorMessage, /Cannot find package '@aws-sdk\/client-s3'/);
      assert.match(rooms.lines.join('\n'), /put @aws-sdk\/client-s3 into the package: npm install/);
    });

    test('layers bring packages, for modules and for scripts, for one version of Node before those for all', async () => {
      const layer = mkdtempSync(join(folder, 'layer-'));
      chmodSync(layer, 0o755);
      const said = (text: string): string => `exports.said = '${text}';`;
      write(layer, 'nodejs/node_modules/all/index.js', said('all'));
      write(layer, 'nodejs/node_modules/both/index.js', said('all'));
      write(layer, 'nodejs/node22/node_modules/both/index.js', said('22'));
      write(layer, 'nodejs/node22/node_modules/inner/index.js', `${said('inner')} require('./gone.js');`);
      await using rooms = await opened([{ source: layer, target: '/opt', access: 'read-only' }]);
      const module = `import all from 'all'; import both from 'both'; import * as own from './own.mjs';
      export const handler = async () => [all.said, both.said, own.said];`;
      const own = 'export const said = (await import("all")).default.said + "!";';
      const result = await rooms.run({ 'index.mjs': module, 'own.mjs': own }, {}, NEEDS);
      assert.deepEqual(answerOf(result), ['all', '22', 'all!'], logOf(result));
      const script = `exports.handler = async () => [require('all').said, require('both').said];`;
      assert.deepEqual(answerOf(await rooms.run({ 'index.js': script }, {}, NEEDS)), ['all', '22']);
      for (const [name, told] of [
        ['gone', /^Cannot find package 'gone' imported from \/var\/task\/index\.mjs$/],
        ['./gone.mjs', /Cannot find module '\/var\/task\/gone\.mjs'/],
        ['inner', /Cannot find module '\.\/gone\.js'/],
      ] as const) {
        const files = { 'index.mjs': `import '${name}'; export const handler = async () => 1;` };
        assert.match(errorOf(await rooms.run(files, {}, NEEDS)).errorMessage, told);
      }
    });

    /** Rooms behind walls, with the SDK. */
    function opened(mounts: readonly Mount[] = []): Promise<Rooms> {
      const clock = new SystemClock();
      const brought = new BroughtParts({
        ...{ directory: join(folder, 'cache'), clock, random: systemRandom },
        tell: () => undefined,
      });
      const bootstrapFolder = join(import.meta.dirname, '../../runtimes/node');
      const { execPath, versions } = process;
      const node = new NodeRuntime({ execPath, version: versions.node, bootstrapFolder, brought });
      const launch: NodeRuntime['launch'] = node.launch.bind(node);
      node.launch = async (settings) => {
        const usual = await launch(settings);
        return { ...usual, mounts: [...usual.mounts, ...mounts] };
      };
      return openRooms({ runtimes: [node], ...walls });
    }

    function write(root: string, path: string, text: string): void {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  },
);
