import { median, percentile, rounded, type Figure } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';
import { clientMs } from './calls.ts';
import { emptyTimesMs, type Built, type Language } from './languages.ts';
import { StartStreams } from './streams.ts';

const PAIRS = 15;
/** Starts that tell how many this machine does in a second. */
const COUNTED = 60;
const WARMING_UP = 8;
const LARGE_BYTES = 1_073_741_824;
/** Every invocation starts an environment. */
const NO_IDLE = ['--idle', '0'];

/** What cold starts cost, and how many of them this machine does in a second. */
export interface Starts {
  readonly figures: Figure[];
  readonly perSecond: number;
}

/** Behind the walls, the same command line without them, and the language's empty program. */
export async function coldStarts(built: Built): Promise<Starts> {
  const { language } = built;
  await using walled = await BenchPlatform.start(['--isolation', 'bubblewrap', ...NO_IDLE]);
  await using bare = await BenchPlatform.start(['--isolation', 'bare', ...NO_IDLE]);
  for (const platform of [walled, bare]) await built.deploy(platform, 'cold');
  const { times, floors } = await pairs(
    () => clientMs(walled, 'cold'),
    () => clientMs(bare, 'cold'),
  );
  const empty = median(emptyTimesMs(language, PAIRS));
  const perSecond = await startsPerSecond(built, walled);
  return {
    perSecond,
    figures: [
      wallsFigure(language, times, floors),
      told('cold start, sandboxed, p99', percentile(times, 99), 'ms'),
      emptyFigure(language, median(floors), empty),
      told('starts a second, sandboxed', perSecond, '/s'),
    ],
  };
}

/** Starts of a platform that has a GiB in memory, beside those of a small one: the spawner makes them alike. */
export async function besideLargePlatform(built: Built): Promise<readonly Figure[]> {
  const fill = `data:text/javascript,globalThis.kept = Buffer.alloc(${LARGE_BYTES}, 1)`;
  await using large = await BenchPlatform.start(NO_IDLE, { NODE_OPTIONS: `--import "${fill}"` });
  await using small = await BenchPlatform.start(NO_IDLE);
  for (const platform of [large, small]) await built.deploy(platform, 'cold');
  const { times, floors } = await pairs(
    () => clientMs(large, 'cold'),
    () => clientMs(small, 'cold'),
  );
  const ratio = ratioOf(times, floors);
  const figure = told('cold start, platform of 1 GiB', median(times), 'ms');
  return [{ ...figure, ...beside(median(floors), ratio), target: 'as a small one', kept: ratio <= 1.1 }];
}

interface Pairs {
  readonly times: readonly number[];
  readonly floors: readonly number[];
}

/** Alternating, after one of each that is not counted. */
async function pairs(time: () => Promise<number>, floor: () => Promise<number>): Promise<Pairs> {
  const times: number[] = [];
  const floors: number[] = [];
  for (let pair = 0; pair <= PAIRS; pair += 1) {
    const [floorMs, timeMs] = [await floor(), await time()];
    if (pair === 0) continue;
    floors.push(floorMs);
    times.push(timeMs);
  }
  return { times, floors };
}

async function startsPerSecond(built: Built, platform: BenchPlatform): Promise<number> {
  const streams = await StartStreams.open(built, platform);
  await streams.start(WARMING_UP);
  const beganMs = performance.now();
  await streams.start(COUNTED);
  return (COUNTED * 1000) / (performance.now() - beganMs);
}

function wallsFigure({ wallsAtMost }: Language, times: readonly number[], floors: readonly number[]): Figure {
  const [time, floor, ratio] = [median(times), median(floors), ratioOf(times, floors)];
  const isRatio = 'ratio' in wallsAtMost;
  const target = isRatio ? `<= ${wallsAtMost.ratio} x unsandboxed` : `<= unsandboxed + ${wallsAtMost.ms} ms`;
  const kept = isRatio ? ratio <= wallsAtMost.ratio : time <= floor + wallsAtMost.ms;
  return { ...told('cold start, sandboxed', time, 'ms'), ...beside(floor, ratio), target, kept };
}

function emptyFigure({ emptyRatio }: Language, bare: number, empty: number): Figure {
  const ratio = bare / empty;
  const figure = told('cold start, unsandboxed', bare, 'ms');
  if (emptyRatio === undefined) return { ...figure, ...beside(empty, ratio) };
  const target = `<= ${emptyRatio} x empty program`;
  return { ...figure, ...beside(empty, ratio), target, kept: ratio <= emptyRatio };
}

function ratioOf(times: readonly number[], floors: readonly number[]): number {
  return median(times.map((time, pair) => time / (floors[pair] ?? Number.NaN)));
}

function beside(floor: number, ratio: number): { floor: number; ratio: number } {
  return { floor: rounded(floor), ratio: rounded(ratio) };
}

function told(name: string, value: number, unit: string): Figure {
  return { name, value: rounded(value), unit, target: 'told', kept: true };
}
