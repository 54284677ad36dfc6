import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { LambdaPlatform } from './crash/lambda-platform.ts';

const FunctionName = 'changing';
const CHANGES = 5;
const AT_ONCE = 6;

const platform = await LambdaPlatform.startAlone('new-code');
const { lambda } = platform;
after(() => platform[Symbol.asyncDispose]());

/** Code that asks the gate when that is wanted, and answers with its own number. */
function code(number: number): Uint8Array {
  const source = `export const handler = async ({ gate }) => {
    if (gate) await (await fetch(gate)).text();
    return ${number};
  };`;
  return zipSync({ 'index.mjs': strToU8(source) });
}

async function change(number: number): Promise<void> {
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: code(number) }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
}

async function said(event: object = {}): Promise<number> {
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
  const { Payload, FunctionError } = await lambda.send(command);
  const text = Payload?.transformToString() ?? '';
  assert.equal(FunctionError, undefined, text);
  return JSON.parse(text) as number;
}

test('new code takes over without an error in flight: what runs ends with the old, what comes begins with the new', async () => {
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x', Timeout: 60 },
      ...{ Handler: 'index.handler', Code: { ZipFile: code(0) } },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
  const held: ServerResponse[] = [];
  const gate = createServer((_, response) => void held.push(response)).listen(0, '127.0.0.1');
  await once(gate, 'listening');
  after(() => gate.close());
  const running = said({ gate: `http://127.0.0.1:${(gate.address() as AddressInfo).port}` });
  await once(gate, 'request');
  let isOver = false;
  const callers = Array.from({ length: AT_ONCE }, async () => {
    let last = 0;
    while (!isOver) {
      const number = await said();
      assert.ok(number >= last, `${number} after ${last}`);
      last = number;
    }
  });
  for (let number = 1; number <= CHANGES; number += 1) {
    await change(number);
    assert.equal(await said(), number);
  }
  isOver = true;
  await Promise.all(callers);
  for (const response of held) response.end('go on');
  assert.equal(await running, 0);
});
