import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { echoTimesMs } from './echo.ts';
import { median, percentile, rounded, type Bench, type Figure } from './figure.ts';
import { BenchPlatform } from './platform.ts';
import { pssKb, tree } from './usage.ts';

const PAIRS = 15;
const HITS = 15;
const WARM = 300;
const FROZEN = 20;
const AT_ONCE = 100;
const LEAK_STARTS = 100;
/** Longer than an environment runs on before it is frozen, and than a spare takes to be there. */
const REST_MS = 500;
const GIBIBYTE_KB = 1_048_576;

/** What an environment costs: to start, to use, to keep, and what is left of it. Node; the floors are of the same run. */
export const environments: Bench = {
  name: 'environments',
  what: 'starts, hits of the pool, warm calls, a hundred at once, density and leaks of Node environments',
  async run(progress) {
    progress('environments: cold starts');
    const starts = await coldStarts();
    progress('environments: hits of the pool, warm and frozen calls');
    const calls = await hitsAndCalls();
    progress('environments: a hundred at once, density');
    const many = await manyAtOnce();
    progress('environments: leaks');
    return [...starts, ...calls, ...many, await leaks()];
  },
};

/** With no idle time every invocation starts an environment: behind the walls, and by the same command line without. */
async function coldStarts(): Promise<readonly Figure[]> {
  await using walled = await BenchPlatform.start(['--isolation', 'bubblewrap', '--idle', '0']);
  await using bare = await BenchPlatform.start(['--isolation', 'bare', '--idle', '0']);
  for (const platform of [walled, bare]) await platform.deploy('nothing', 'cold');
  const times: number[] = [];
  const floors: number[] = [];
  for (let pair = 0; pair <= PAIRS; pair += 1) {
    const floor = await clientMs(bare, 'cold');
    const time = await clientMs(walled, 'cold');
    if (pair > 0) {
      floors.push(floor);
      times.push(time);
    }
  }
  const ratio = median(times.map((time, pair) => time / (floors[pair] ?? Number.NaN)));
  return [
    figure('cold start, sandboxed', median(times), 'ms', '<= 1.3 x unsandboxed', ratio <= 1.3, {
      floor: median(floors),
      ratio,
    }),
    figure('cold start, sandboxed, p99', percentile(times, 99), 'ms', 'told', true),
  ];
}

async function hitsAndCalls(): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  await platform.deploy('nothing', 'first');
  await clientMs(platform, 'first');
  const hits: number[] = [];
  for (let hit = 0; hit < HITS; hit += 1) {
    await platform.deploy('nothing', `hit-${hit}`);
    await pause(REST_MS);
    hits.push((await report(platform, `hit-${hit}`)).initMs);
  }
  const warm: number[] = [];
  for (let call = 0; call < WARM; call += 1) warm.push((await report(platform, 'first')).durationMs);
  const echo = await echoTimesMs(WARM);
  const frozen: number[] = [];
  for (let call = 0; call < FROZEN; call += 1) {
    await pause(REST_MS);
    frozen.push((await report(platform, 'first')).durationMs);
  }
  const [floor, back] = [median(echo), median(warm)];
  return [
    figure('hit of the pool, tiny code, p50', median(hits), 'ms', '<= 5 ms', median(hits) <= 5),
    figure('hit of the pool, tiny code, p99', percentile(hits, 99), 'ms', 'told', true),
    figure('warm, back to back, p50', back, 'ms', '<= 2 x socket echo', back <= 2 * floor, {
      floor,
      ratio: back / floor,
    }),
    figure('warm, frozen before, p50', median(frozen), 'ms', 'told', true),
  ];
}

/** From nothing, then with spares for all of them: the second function has the first one's shape. */
async function manyAtOnce(): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  for (const name of ['from-nothing', 'from-pool']) await platform.deploy('sleep', name);
  const { firstMs, allMs } = await atOnce(platform, 'from-nothing');
  const perEnvironmentKb = environmentsKb(platform) / (await running(platform));
  await sparesReady(platform);
  const pooled = await atOnce(platform, 'from-pool');
  const density = GIBIBYTE_KB / perEnvironmentKb;
  return [
    figure('100 at once, from nothing, first', firstMs, 'ms', '<= 100 ms', firstMs <= 100),
    figure('100 at once, from nothing, all', allMs, 'ms', 'told', true),
    figure('100 at once, filled pool, all', pooled.allMs, 'ms', '<= 150 ms', pooled.allMs <= 150),
    figure('idle functions a GiB (PSS)', density, '/GiB', '>= 80', density >= 80),
  ];
}

async function atOnce(platform: BenchPlatform, name: string): Promise<{ firstMs: number; allMs: number }> {
  const times = await Promise.all(Array.from({ length: AT_ONCE }, () => clientMs(platform, name, 50)));
  return { firstMs: Math.min(...times) - 50, allMs: Math.max(...times) - 50 };
}

/** Starts that leave nothing: what the machine holds of the platform is the same before and after. */
async function leaks(): Promise<Figure> {
  await using platform = await BenchPlatform.start(['--idle', '0']);
  await platform.deploy('nothing', 'leak');
  await clientMs(platform, 'leak');
  await pause(REST_MS);
  const before = held(platform);
  for (let start = 0; start < LEAK_STARTS; start += 1) await clientMs(platform, 'leak');
  await pause(REST_MS);
  const left = held(platform) - before;
  const name = `left after ${LEAK_STARTS} cold starts: processes, descriptors`;
  return figure(name, left, '', '0', left <= 0);
}

/** Processes of the platform, and descriptors that they hold. */
function held(platform: BenchPlatform): number {
  const pids = tree(platform.child.pid ?? 0);
  return pids.reduce((sum, pid) => sum + 1 + readdirSync(`/proc/${pid}/fd`).length, 0);
}

async function clientMs(platform: BenchPlatform, name: string, handlerMs = 0): Promise<number> {
  const beganMs = performance.now();
  await platform.functions.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify({ ms: handlerMs })) }),
  );
  return performance.now() - beganMs;
}

/** What the platform itself measured of one invocation. */
async function report(
  platform: BenchPlatform,
  name: string,
): Promise<{ readonly durationMs: number; readonly initMs: number }> {
  const answer = await platform.functions.send(
    new InvokeCommand({ FunctionName: name, LogType: 'Tail', Payload: Buffer.from('{"ms":0}') }),
  );
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
  const durationMs = Number(/\tDuration: ([\d.]+) ms/.exec(log)?.[1]);
  return { durationMs, initMs: Number(/Init Duration: ([\d.]+) ms/.exec(log)?.[1]) };
}

async function running(platform: BenchPlatform): Promise<number> {
  return (await status(platform)).running;
}

/** Waits until no more spares come. */
async function sparesReady(platform: BenchPlatform): Promise<void> {
  for (let before = -1, now = 0; now !== before || now === 0;) {
    before = now;
    await pause(4 * REST_MS);
    now = (await status(platform)).spare;
  }
}

async function status(platform: BenchPlatform): Promise<{ running: number; spare: number }> {
  const response = await fetch(`${platform.endpoint}/_millrace/status`);
  return ((await response.json()) as { environments: { running: number; spare: number } }).environments;
}

/** Memory of everything that runs for environments: what is not the platform's process or its spawner. */
function environmentsKb(platform: BenchPlatform): number {
  const pids = tree(platform.child.pid ?? 0).filter((pid) => {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return !line.includes('main.') && !line.includes('spawner-process');
  });
  return pids.reduce((sum, pid) => sum + pssKb(pid), 0);
}

function figure(
  name: string,
  value: number,
  unit: string,
  target: string,
  kept: boolean,
  beside: { readonly floor?: number; readonly ratio?: number } = {},
): Figure {
  const { floor, ratio } = beside;
  return {
    ...{ name, value: rounded(value), unit, target, kept },
    ...(floor !== undefined && { floor: rounded(floor) }),
    ...(ratio !== undefined && { ratio: rounded(ratio) }),
  };
}
