import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort, Platform } from '../crash/platform.ts';
import { runCase, type Case, type Client } from './cases.ts';
import type { SigningKey } from './clients/variables.ts';
import { LAMBDA_CASES } from './lambda-cases.ts';

/** A command line is a process for each call, and a busy machine takes seconds for one. */
const LIMIT_MS = 400_000;

/** A client of somebody else, with an account of its own at the one platform. */
export interface Speaker {
  readonly name: string;
  readonly account: string;
  /** Opens it for an endpoint; a sentence says why it cannot be had. */
  readonly open: ((endpoint: string, key: SigningKey) => Client) | string;
  /** The cases that it can run; unset: all. */
  readonly fits?: (one: Case) => boolean;
}

/** Makes a test of each case of Lambda's control plane for each client, all at one real platform. */
export async function testLambdaThrough(...speakers: readonly Speaker[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-clients-'));
  const platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
  const endpoint = `http://127.0.0.1:${platform.port}`;
  after(async () => {
    await platform[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  for (const { name, account, open, fits = () => true } of speakers) {
    const key = { accessKeyId: account, secretAccessKey: 'any' };
    // One client for all its cases: a start of Python is not free.
    const client = typeof open === 'string' ? undefined : open(endpoint, key);
    const skip = typeof open === 'string' ? open : false;
    after(() => client?.[Symbol.asyncDispose]());
    for (const one of LAMBDA_CASES.filter(fits)) {
      test(`${name}: ${one.name}`, { skip, timeout: LIMIT_MS }, async () => {
        if (client !== undefined) await runCase(one, client, 'json', { account, endpoint });
      });
    }
  }
}
