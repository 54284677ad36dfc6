import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { rounded, type Figure } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';
import { pssKb, tree } from '../usage.ts';
import { clientMs } from './calls.ts';
import type { Built } from './languages.ts';

const AT_ONCE = 100;
/** So long that no environment is free again before the last one has started. */
const HANDLER_MS = 15_000;
const REST_MS = 500;
const GIBIBYTE_KB = 1_048_576;

/** A hundred from nothing, beside as many starts one after the other where it is known how long those take; and where programs are started ahead, a hundred with all of them ready. */
export async function manyAtOnce(
  built: Built,
  startsPerSecond: number | undefined,
): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  for (const name of ['from-nothing', 'from-pool']) await built.deploy(platform, name);
  const { firstMs, allMs } = await atOnce(platform, 'from-nothing');
  const figures = [
    { ...figure('100 at once, from nothing, first', firstMs), target: '<= 100 ms', kept: firstMs <= 100 },
    { ...figure('100 at once, from nothing, all', allMs), ...besideStarts(allMs, startsPerSecond) },
  ];
  if (built.language.hitMs === undefined) return figures;
  await sparesReady(platform);
  const pooled = (await atOnce(platform, 'from-pool')).allMs;
  return [
    ...figures,
    { ...figure('100 at once, filled pool, all', pooled), target: '<= 150 ms', kept: pooled <= 150 },
  ];
}

function besideStarts(allMs: number, startsPerSecond: number | undefined): Partial<Figure> {
  if (startsPerSecond === undefined) return {};
  const floor = (AT_ONCE * 1000) / startsPerSecond;
  const ratio = allMs / floor;
  return { floor: rounded(floor), ratio: rounded(ratio), target: '<= 1.1 x', kept: ratio <= 1.1 };
}

/** How many idle environments fit into a GiB, by what ten at once hold. */
export async function density(built: Built): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  await built.deploy(platform, 'idle');
  await Promise.all(Array.from({ length: 10 }, () => clientMs(platform, 'idle', 2000)));
  await pause(REST_MS);
  const { running, spare } = await status(platform);
  const value = (GIBIBYTE_KB * (running + spare)) / environmentsKb(platform);
  const { density: least } = built.language;
  const name = 'idle functions a GiB (PSS)';
  return [{ name, value: rounded(value), unit: '/GiB', target: `>= ${least}`, kept: value >= least }];
}

/** From the first request to the first answer and to the last, without what the handlers themselves take. */
async function atOnce(
  platform: BenchPlatform,
  name: string,
): Promise<{ readonly firstMs: number; readonly allMs: number }> {
  const times = await Promise.all(
    Array.from({ length: AT_ONCE }, () => clientMs(platform, name, HANDLER_MS)),
  );
  return { firstMs: Math.min(...times) - HANDLER_MS, allMs: Math.max(...times) - HANDLER_MS };
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

/** Memory of everything that runs for environments: what is not the platform's process, its spawner, or a shell that waits to become one. */
function environmentsKb(platform: BenchPlatform): number {
  const pids = tree(platform.child.pid ?? 0).filter((pid) => {
    const line = commandLine(pid);
    return !line.includes('main.') && !line.includes('spawner-process') && !line.includes('ulimit');
  });
  return pids.reduce((sum, pid) => sum + pssKb(pid), 0);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // It ended between the two looks, and holds nothing.
  }
}

function figure(name: string, value: number): Figure {
  return { name, value: rounded(value), unit: 'ms', target: 'told', kept: true };
}
