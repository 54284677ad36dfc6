import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Authority } from './certificates/authority.ts';
import { freePort, PROGRAM } from './crash/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
after(() => rmSync(folder, { recursive: true }));
const authority = new Authority(folder);
const KEY = { accessKeyId: 'OWNER', secretAccessKey: 'open-sesame' };
const keysFile = join(folder, 'keys.json');
writeFileSync(keysFile, JSON.stringify({ [KEY.accessKeyId]: KEY.secretAccessKey }), { mode: 0o600 });

interface Running extends AsyncDisposable {
  readonly port: number;
  /** What it says to the operator. */
  readonly complaints: Interface;
  /** What it has said on its way up. */
  readonly said: readonly string[];
}

async function started(data: string, ...flags: readonly string[]): Promise<Running> {
  const port = await freePort();
  const words = ['up', '--listen', '0.0.0.0', '--keys', keysFile, '--port', String(port)];
  const child = spawn(PROGRAM, [...words, '--data', join(folder, data), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const complaints = createInterface(child.stderr).on('line', (line) => said.push(line));
  await once(createInterface(child.stdout), 'line');
  const stop = async (): Promise<void> => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { port, complaints, said, [Symbol.asyncDispose]: stop };
}

/** Runs a command to its end: exit code, and what it wrote. */
async function run(words: readonly string[], variables: Readonly<Record<string, string>>): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: folder, ...variables };
  const child = spawn(PROGRAM, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return `${child.exitCode} ${out}${complaint}`;
}

test('the SDK and the command line use queues and functions over TLS, trusting the CA of the certificate alone', async () => {
  const { certFile, keyFile } = authority.issue();
  await using platform = await started('used', '--tls-cert', certFile, '--tls-key', keyFile);
  assert.deepEqual(platform.said, []);
  const endpoint = `https://localhost:${platform.port}`;
  const options = { region: 'us-east-1', endpoint, credentials: KEY, maxAttempts: 1 };
  const trusting = { ...options, requestHandler: { httpsAgent: new Agent({ ca: authority.caCert }) } };
  const [sqs, lambda, stranger] = [
    new SQSClient(trusting),
    new LambdaClient(trusting),
    new SQSClient(options),
  ];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  assert.equal(QueueUrl, `${endpoint}/000000000000/q`);
  const body = 'x'.repeat(1_000_000);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  assert.equal(Messages?.[0]?.Body, body);
  await assert.rejects(stranger.send(new CreateQueueCommand({ QueueName: 'p' })), /certificate/);

  const variables = {
    ...{ MILLRACE_ENDPOINT: endpoint, NODE_EXTRA_CA_CERTS: authority.caFile },
    ...{ AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey },
  };
  mkdirSync(join(folder, 'fn'));
  writeFileSync(join(folder, 'fn', 'index.mjs'), 'export const handler = async () => "over TLS";');
  assert.match(await run(['deploy', join(folder, 'fn')], variables), /^0 .*fn is ready/s);
  const invoked = await lambda.send(new InvokeCommand({ FunctionName: 'fn' }));
  assert.equal(invoked.Payload?.transformToString(), '"over TLS"');
  const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }));
  const [link] = await once(get(Code?.Location ?? '', { ca: authority.caCert }), 'response');
  assert.equal(link.headers['content-type'], 'application/zip');
  link.destroy();
  assert.match(await run(['status'], variables), /^0 /);
  const untrusted = await run(['status'], { ...variables, NODE_EXTRA_CA_CERTS: '' });
  assert.match(
    untrusted,
    /^1 millrace: The certificate at the endpoint is not trusted .*NODE_EXTRA_CA_CERTS=FILE/,
  );
  for (const client of [sqs, lambda, stranger]) client.destroy();
});

test('a new certificate is shown as soon as its files are there; one that cannot be is not', async () => {
  const { certFile, keyFile } = authority.issue({ name: 'first' });
  await using platform = await started('renewed', '--tls-cert', certFile, '--tls-key', keyFile);
  assert.equal(await shown(platform.port), 'first');
  const told = until(platform.complaints, /a new certificate is shown, which ends at 20\d\d-/);
  authority.issue({ name: 'second' });
  await told;
  assert.equal(await shown(platform.port), 'second');
  const refused = until(
    platform.complaints,
    /cert\.pem holds no certificate .*The former certificate is still shown/,
  );
  writeFileSync(certFile, '');
  await refused;
  assert.equal(await shown(platform.port), 'second');
});

/** The name in the certificate that a port shows. */
async function shown(port: number): Promise<unknown> {
  const socket = connect({ host: '127.0.0.1', port, ca: authority.caCert });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

async function until(lines: Interface, pattern: RegExp): Promise<void> {
  for (;;) if (pattern.test(String((await once(lines, 'line'))[0]))) return;
}

test('what cannot be used as certificate and key refuses the start, in one line', async () => {
  const { certFile, keyFile } = authority.issue();
  const up = ['up', '--port', '0', '--data', join(folder, 'refused')];
  const cases: [words: string[], line: RegExp][] = [
    [['--tls-cert', certFile], /^2 millrace: TLS takes both, .*\n$/],
    [['--tls-key', keyFile], /^2 millrace: TLS takes both, .*\n$/],
    [
      ['--tls-cert', `${certFile}x`, '--tls-key', keyFile],
      /^1 millrace: The certificate cannot be read: .*\n$/,
    ],
    [
      ['--tls-cert', authority.caFile, '--tls-key', keyFile],
      /^1 millrace: The key in .* does not belong .*\n$/,
    ],
    [['--tls-cert', certFile, '--tls-key', certFile], /^1 millrace: .* holds no private key .*\n$/],
  ];
  for (const [words, line] of cases) assert.match(await run([...up, ...words], {}), line);
  assert.match(await run(up, { MILLRACE_TLS_CERT: certFile }), /^2 millrace: TLS takes both/);
});

test('listening to other machines without TLS, or with a certificate that has ended, is told in one line', async () => {
  {
    await using open = await started('clear');
    await hasSaid(open, 1);
    assert.equal(open.said.length, 1, open.said.join('\n'));
    assert.match(
      open.said[0] ?? '',
      /Listening on 0\.0\.0\.0 without TLS: .*--tls-cert FILE --tls-key FILE\.$/,
    );
  }
  const { certFile, keyFile } = authority.issue({ endsInMs: -60_000 });
  await using ended = await started('ended', '--tls-cert', certFile, '--tls-key', keyFile);
  await hasSaid(ended, 1);
  assert.match(
    ended.said.join('\n'),
    /^\S+ access: The certificate has ended at 20\S+Z: clients will not trust it\.$/,
  );
});

/** What it said before it was up may come a moment later than that it is. */
async function hasSaid({ complaints, said }: Running, lines: number): Promise<void> {
  while (said.length < lines) await once(complaints, 'line');
}
