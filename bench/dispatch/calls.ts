import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median, percentile, rounded, type Figure } from '../figure.ts';
import type { BenchPlatform } from '../platform.ts';
import { JIFFIES_PER_S, jiffiesOf } from '../usage.ts';
import type { CallTally, CallTask } from './call-client.ts';
import type { FunctionServer } from './function-server.ts';

const run = promisify(execFile);
const ROUNDS = 3;
const SECONDS = 3;
const WARM_UP_SECONDS = 3;
const IN_FLIGHT = 32;
const MOST_ONE_MS = 1;
const LEAST_PER_SECOND = 4500;

/** Who is called. */
interface Called {
  readonly endpoint: string;
  readonly path: string;
  readonly pid: number;
}

interface Called32 {
  readonly rate: number;
  readonly p50Ms: number;
  readonly msPerThousand: number;
}

/** Synchronous invocations of a function that does nothing: one in flight, and 32, beside a bare server of functions in turn. */
export async function calls(
  platform: BenchPlatform,
  peer: FunctionServer | undefined,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const ours: Called = {
    endpoint: platform.endpoint,
    path: '/2015-03-31/functions/return/invocations',
    pid: platform.child.pid ?? 0,
  };
  const theirs: readonly Called[] = peer === undefined ? [] : [{ ...peer, path: '/' }];
  progress('dispatch: synchronous invocations, warming up');
  for (const each of [ours, ...theirs]) await call(each, IN_FLIGHT, WARM_UP_SECONDS);
  const [one, many, others]: [number[], Called32[], Called32[]] = [[], [], []];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`dispatch: synchronous invocations, round ${round} of ${ROUNDS}`);
    one.push((await call(ours, 1, SECONDS)).p50Ms);
    many.push(await call(ours, IN_FLIGHT, SECONDS));
    for (const each of theirs) others.push(await call(each, IN_FLIGHT, SECONDS));
  }
  return figures(median(one), many, others);
}

function figures(oneMs: number, many: readonly Called32[], others: readonly Called32[]): readonly Figure[] {
  const of = (list: readonly Called32[], value: (each: Called32) => number): number =>
    median(list.map(value));
  const rate = of(many, (each) => each.rate);
  const told = { target: 'told', kept: true };
  const rates: Figure[] = [
    {
      ...{ name: 'invoke, one in flight, p50', value: rounded(oneMs), unit: 'ms' },
      ...{ target: `<= ${MOST_ONE_MS} ms`, kept: oneMs <= MOST_ONE_MS },
    },
    {
      ...{
        name: `invoke, ${IN_FLIGHT} in flight`,
        value: Math.round(rate),
        unit: '/s',
        ...beside(rate, others),
      },
      ...{ target: `>= ${LEAST_PER_SECOND}/s`, kept: rate >= LEAST_PER_SECOND },
    },
    {
      ...{ name: `invoke, ${IN_FLIGHT} in flight: CPU for 1,000`, unit: 'ms', ...told },
      value: rounded(of(many, (each) => each.msPerThousand)),
    },
  ];
  if (others.length === 0) return rates;
  const theirMs = of(others, (each) => each.msPerThousand);
  const name = `bare function server, ${IN_FLIGHT} in flight: CPU for 1,000`;
  return [...rates, { name, value: rounded(theirMs), unit: 'ms', ...told }];
}

function beside(rate: number, others: readonly Called32[]): Pick<Figure, 'floor' | 'ratio'> {
  if (others.length === 0) return {};
  const floor = median(others.map((each) => each.rate));
  return { floor: Math.round(floor), ratio: rounded(rate / floor) };
}

async function call(
  { endpoint, path, pid }: Called,
  connections: number,
  seconds: number,
): Promise<Called32> {
  const { hostname, port } = new URL(endpoint);
  const task: CallTask = { host: hostname, port: Number(port), path, connections, seconds };
  const before = jiffiesOf(pid);
  const program = new URL('call-client.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [program, JSON.stringify(task)], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const usedMs = ((jiffiesOf(pid) - before) * 1000) / JIFFIES_PER_S;
  const { timesMs, failures } = JSON.parse(stdout) as CallTally;
  if (failures > 0)
    throw new Error(`${failures} of ${timesMs.length} invocations failed at ${endpoint}${path}`);
  return {
    rate: timesMs.length / seconds,
    p50Ms: percentile(timesMs, 50),
    msPerThousand: usedMs / (timesMs.length / 1000),
  };
}
