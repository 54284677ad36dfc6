import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort, Platform } from '../crash/platform.ts';
import { runCase, type Case, type Client } from './cases.ts';
import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { javascriptClient } from './clients/javascript.ts';
import { pythonClients } from './clients/python.ts';
import type { SigningKey } from './clients/variables.ts';
import { LAMBDA_CASES } from './lambda-cases.ts';

/** A command line is a process for each call, and a busy machine takes seconds for one. */
const LIMIT_MS = 400_000;

/** A client with an account of its own at the one platform. */
interface Speaker {
  readonly name: string;
  readonly account: string;
  readonly open: (endpoint: string, key: SigningKey) => Client;
  readonly fits: (one: Case) => boolean;
  /** Why it cannot be had. */
  readonly skip: string | false;
}

const python = await pythonClients();
const skip = typeof python === 'string' ? python : false;
const found = typeof python === 'string' ? { python: '', aws: '' } : python;
const everyCase = (): boolean => true;

const SPEAKERS: readonly Speaker[] = [
  {
    ...{ name: 'AWS SDK for JavaScript', account: '111111111111', fits: everyCase, skip: false },
    open: (endpoint, key) => javascriptClient(endpoint, key),
  },
  {
    ...{ name: 'boto3', account: '222222222222', fits: everyCase, skip },
    open: (endpoint, key) => boto3Client(found.python, endpoint, key),
  },
  {
    ...{ name: 'AWS CLI', account: '333333333333', fits: (one) => one.forCommandLines === true, skip },
    open: (endpoint, key) => awsCliClient(found, endpoint, key),
  },
];

const folder = await mkdtemp(join(tmpdir(), 'millrace-clients-'));
const platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
const endpoint = `http://127.0.0.1:${platform.port}`;
after(async () => {
  await platform[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

for (const { name, account, open, fits, skip: why } of SPEAKERS) {
  // One client for all its cases: a start of Python is not free.
  const client = why === false ? open(endpoint, { accessKeyId: account, secretAccessKey: 'any' }) : undefined;
  after(() => client?.[Symbol.asyncDispose]());
  for (const one of LAMBDA_CASES.filter(fits)) {
    test(`${name}: ${one.name}`, { skip: why, timeout: LIMIT_MS }, async () => {
      if (client !== undefined) await runCase(one, client, 'json', { account, endpoint });
    });
  }
}
