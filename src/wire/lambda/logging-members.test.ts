import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaClient } from './fixture/lambda-client.ts';

const PATH = '/2015-03-31/functions';
const wanted = {
  FunctionName: 'f',
  Role: 'arn:aws:iam::000000000000:role/any',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Code: { ZipFile: Buffer.from('zip').toString('base64') },
};

test('format and levels of the log are kept and shown, and chosen anew with the format', async () => {
  const client = new LambdaClient();
  const created = await client.ask('POST', PATH, {
    body: { ...wanted, LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN' } },
  });
  const LogGroup = '/aws/lambda/f';
  const first = { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', SystemLogLevel: 'INFO', LogGroup };
  assert.deepEqual(created.json['LoggingConfig'], first);
  const update = async (LoggingConfig: object) =>
    (await client.ask('PUT', `${PATH}/f/configuration`, { body: { LoggingConfig } })).json['LoggingConfig'];
  assert.deepEqual(await update({ SystemLogLevel: 'DEBUG' }), { ...first, SystemLogLevel: 'DEBUG' });
  assert.deepEqual(await update({ LogFormat: 'Text' }), { LogFormat: 'Text', LogGroup });
  assert.deepEqual(await update({ LogFormat: 'JSON' }), { ...first, ApplicationLogLevel: 'INFO' });
});

test('levels without the JSON format, and levels that there are not, are refused', async () => {
  const client = new LambdaClient();
  await client.ask('POST', PATH, { body: wanted });
  const refusal = async (LoggingConfig: object) => {
    const { status, text } = await client.ask('PUT', `${PATH}/f/configuration`, { body: { LoggingConfig } });
    return `${status} ${text}`;
  };
  assert.match(
    await refusal({ ApplicationLogLevel: 'INFO' }),
    /^400 .*LogLevel is not supported when LogFormat/,
  );
  assert.match(
    await refusal({ LogFormat: 'JSON', SystemLogLevel: 'ERROR' }),
    /^400 .*systemLogLevel.*\[DEBUG, INFO, WARN\]/,
  );
});
