import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { SeededRandom } from '../../src/base/random.ts';
import { Deployer } from './deployer.ts';
import { LambdaPlatform } from './lambda-platform.ts';

const DEPLOYERS = ['a', 'b'];

/** What a campaign found. */
export interface DeployVerdict {
  readonly violations: readonly string[];
  readonly acknowledged: number;
}

/** Kills the real program again and again while functions are made, changed and deleted, and judges after each kill what is there. */
export async function deployAndKill(campaign: { kills: number; seed: number }): Promise<DeployVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-deploy-'));
  const random = new SeededRandom(campaign.seed);
  try {
    await using platform = await LambdaPlatform.start(folder);
    const deployers = DEPLOYERS.map((name) => new Deployer(platform, name, () => random.fraction()));
    const violations: string[] = [];
    for (let kill = 0; kill < campaign.kills; kill += 1) {
      const working = Promise.all(deployers.map((deployer) => deployer.work()));
      await Promise.race([pause(100 + random.fraction() * 600), working]);
      await platform.kill();
      await working;
      await platform.startAgain();
      for (const deployer of deployers) violations.push(...(await deployer.judge()));
    }
    // Only a start clears away what kills left.
    await platform.kill();
    await platform.startAgain();
    for (const deployer of deployers) violations.push(...(await deployer.judge()));
    violations.push(...(await strays(folder, platform)));
    const acknowledged = deployers.reduce((sum, deployer) => sum + deployer.acknowledged, 0);
    return { violations, acknowledged };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Packages and unpacked code that belong to no function. */
async function strays(folder: string, { lambda }: LambdaPlatform): Promise<string[]> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }));
  const latest = await Promise.all(
    DEPLOYERS.map((FunctionName) =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })).catch(() => undefined),
    ),
  );
  const used = new Set(
    [...Functions, ...latest].map((one) => Buffer.from(one?.CodeSha256 ?? '', 'base64').toString('hex')),
  );
  const of = async (name: string): Promise<string[]> =>
    (await readdir(join(folder, name))).filter((entry) => !used.has(entry));
  const code = (await of('code')).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const left = { blobs: await of('blobs'), code };
  return Object.entries(left).flatMap(([where, names]) => names.map((name) => `${name} is left in ${where}`));
}
