import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from '../crash/platform.ts';
import { pythonClients } from './clients/python.ts';

const run = promisify(execFile);
const found = await pythonClients();
const skip = typeof found === 'string' ? found : false;
const clients = typeof found === 'string' ? { python: '', aws: '' } : found;
const folder = mkdtempSync(join(tmpdir(), 'millrace-python-'));
after(() => rmSync(folder, { recursive: true }));

test(
  'boto3 brings a function, waits for it, invokes it, and finds the dead letter of its failure',
  { skip },
  async () => {
    const port = await freePort();
    await using platform = await Platform.start({ dataDirectory: join(folder, 'boto3'), port });
    const script = join(import.meta.dirname, 'clients', 'walk.py');
    const { stdout } = await run(clients.python, [script, `http://127.0.0.1:${platform.port}`]);
    const { log, ...told } = JSON.parse(stdout) as { log: string };
    assert.deepEqual(told, { answer: 1, memory: 256, dead: ['one click'] });
    assert.match(Buffer.from(log, 'base64').toString(), /START RequestId: .*seen.*REPORT RequestId: /s);
  },
);

test(
  'the AWS CLI makes a queue, a function and a mapping, and the message is handled',
  { skip },
  async () => {
    const port = await freePort();
    await using platform = await Platform.start({ dataDirectory: join(folder, 'cli'), port });
    const endpoint = `http://127.0.0.1:${platform.port}`;
    const env = {
      ...{ PATH: process.env['PATH'], HOME: folder, AWS_DEFAULT_REGION: 'us-east-1', AWS_PAGER: '' },
      ...{ AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
    };
    const aws = async (...words: string[]): Promise<string> =>
      (await run(clients.aws, ['--endpoint-url', endpoint, ...words], { env })).stdout;
    const zip = join(folder, 'code.zip');
    writeFileSync(
      zip,
      zipSync({ 'index.mjs': strToU8('export const handler = async () => console.log("handled");') }),
    );
    const query = ['--query', 'QueueUrl', '--output', 'text'];
    const url = (await aws('sqs', 'create-queue', '--queue-name', 'clicks', ...query)).trim();
    const name = ['--function-name', 'click'];
    const code = ['--runtime', 'nodejs22.x', '--handler', 'index.handler', '--zip-file', `fileb://${zip}`];
    await aws('lambda', 'create-function', ...name, ...code, '--role', 'arn:aws:iam::000000000000:role/any');
    await aws('lambda', 'wait', 'function-active-v2', ...name);
    const source = ['--event-source-arn', 'arn:aws:sqs:us-east-1:000000000000:clicks'];
    await aws('lambda', 'create-event-source-mapping', ...name, ...source);
    await aws('sqs', 'send-message', '--queue-url', url, '--message-body', 'one');
    const log = `${endpoint}/_millrace/logs?function=click`;
    while (!(await (await fetch(log)).text()).includes('handled')) continue;
    const left = await aws('sqs', 'receive-message', '--queue-url', url);
    assert.equal(left.trim(), '');
  },
);
