import { setTimeout as pause } from 'node:timers/promises';
import { median, percentile, rounded, type Figure } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';
import { clientMs, reported } from './calls.ts';
import { echoTimesMs } from './echo.ts';
import type { Built } from './languages.ts';

const HITS = 15;
const WARM = 300;
const FROZEN = 20;
/** Longer than an environment runs on before it is frozen, and than a spare takes to be there. */
const REST_MS = 500;

/** New functions, for which a program has been started ahead. */
export async function hits(built: Built, atMostMs: number): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  await built.deploy(platform, 'first');
  await clientMs(platform, 'first');
  const times: number[] = [];
  for (let hit = 0; hit < HITS; hit += 1) {
    await built.deploy(platform, `hit-${hit}`);
    await pause(REST_MS);
    times.push((await reported(platform, `hit-${hit}`)).initMs);
  }
  const time = median(times);
  return [
    { ...told('hit of the pool, tiny code', time), target: `<= ${atMostMs} ms`, kept: time <= atMostMs },
    told('hit of the pool, tiny code, p99', percentile(times, 99)),
  ];
}

/** One environment, one invocation after the other; then with rests in which it is frozen. */
export async function frozenAndWarm(built: Built): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  await built.deploy(platform, 'first');
  for (let call = 0; call < WARM; call += 1) await clientMs(platform, 'first');
  const whole: number[] = [];
  for (let call = 0; call < WARM; call += 1) whole.push(await clientMs(platform, 'first'));
  const warm: number[] = [];
  const gaps: number[] = [];
  for (let call = 0; call < WARM; call += 1) {
    const beganMs = performance.now();
    const { durationMs } = await reported(platform, 'first');
    warm.push(durationMs);
    gaps.push(performance.now() - beganMs - durationMs);
  }
  const echo = median(await echoTimesMs(WARM, median(gaps)));
  const frozen: number[] = [];
  for (let call = 0; call < FROZEN; call += 1) {
    await pause(REST_MS);
    frozen.push((await reported(platform, 'first')).durationMs);
  }
  const ratio = median(warm) / echo;
  return [
    {
      ...told('warm, one client, handed over to answer', median(warm)),
      ...{ floor: rounded(echo), ratio: rounded(ratio), target: '<= 2 x socket echo', kept: ratio <= 2 },
    },
    told('warm, one client, handed over to answer, p99', percentile(warm, 99)),
    told('warm, one client, its whole request', median(whole)),
    told('warm, frozen before', median(frozen)),
  ];
}

function told(name: string, value: number): Figure {
  return { name, value: rounded(value), unit: 'ms', target: 'told', kept: true };
}
