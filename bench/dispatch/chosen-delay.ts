import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile, rounded, type Figure } from '../figure.ts';
import type { BenchPlatform } from '../platform.ts';
import { MappedQueue } from './mapped-queue.ts';

const TENS = 30;
const BETWEEN_TENS_MS = 50;
const VISIBILITY_S = 5;
const DELAYS_S = [0.2, 1, 3];
const BACKOFF_S = { FirstDelaySeconds: 1, LongestDelaySeconds: 2 };
const MOST_P50_MS = 10;
const MOST_P99_MS = 100;

/** One time that the function saw a message. */
interface Seen {
  readonly atMs: number;
  /** The delay that the message wants the function to choose. */
  readonly wantedS: number;
}

/** A queue whose messages fail, and when each was seen. */
interface Course {
  readonly name: string;
  /** How often a message is received until it is handled. */
  readonly tries: number;
  /** Whether the function says when it wants the message again. */
  readonly isChosen: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** How exactly a failed message comes again when its function wants it: by the function's word, by the back-off of the mapping, and as with AWS. */
export async function chosenDelay(
  platform: BenchPlatform,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const variables = { REPORT_PORT: String((listener.address() as AddressInfo).port) };
  await platform.deploy('retry', 'retry', { variables });
  const seen = new Sightings();
  listener.on('connection', (socket) =>
    createInterface({ input: socket }).on('line', (line) => seen.read(line)),
  );
  const course = async (what: Course): Promise<readonly (readonly Seen[])[]> => {
    progress(`dispatch: failed messages come again, ${what.name}`);
    return run(platform, seen, what);
  };
  const chosen = await course({ name: 'chosen', tries: 2, isChosen: true });
  // Every message fails here, which would slow the mapping if it were left to judge that.
  const AdaptivePace = false;
  const back = { AdaptivePace, RetryBackoff: BACKOFF_S };
  const grown = await course({ name: 'back-off', tries: 4, isChosen: false, settings: back });
  const asAws = await course({ name: 'as-aws', tries: 2, isChosen: false, settings: { AdaptivePace } });
  listener.close();
  return [
    ...figures(
      'chosen by the function, 0.2 to 3 s',
      lateMs(chosen, (_, { wantedS }) => wantedS),
    ),
    ...figures(
      'by back-off, 1 to 2 s',
      lateMs(grown, (failures) => Math.min(2 ** (failures - 1), 2)),
    ),
    {
      ...{
        name: 'retry as AWS, wanted after 0.2 to 3 s: off by, p50',
        unit: 'ms',
        target: 'told',
        kept: true,
      },
      value: rounded(percentile(lateMs(asAws, (_, { wantedS }) => wantedS).map(Math.abs), 50)),
    },
  ];
}

function figures(how: string, late: readonly number[]): readonly Figure[] {
  const [least, p50, p99] = [percentile(late, 0), percentile(late, 50), percentile(late, 99)];
  const name = `retry ${how}`;
  return [
    {
      name: `${name}: too early`,
      value: rounded(Math.max(0, -least)),
      unit: 'ms',
      target: '0',
      kept: least >= 0,
    },
    {
      ...{ name: `${name}: late, p50`, value: rounded(p50), unit: 'ms' },
      ...{ target: `<= ${MOST_P50_MS} ms`, kept: p50 <= MOST_P50_MS },
    },
    {
      ...{ name: `${name}: late, p99`, value: rounded(p99), unit: 'ms' },
      ...{ target: `<= ${MOST_P99_MS} ms`, kept: p99 <= MOST_P99_MS },
    },
  ];
}

/** By how much each message was seen later than the delay after its failure. */
function lateMs(
  all: readonly (readonly Seen[])[],
  delayS: (failures: number, last: Seen) => number,
): readonly number[] {
  return all.flatMap((times) =>
    times.slice(1).map((again, n) => {
      const last = times[n] ?? again;
      return again.atMs - last.atMs - 1000 * delayS(n + 1, last);
    }),
  );
}

async function run(
  platform: BenchPlatform,
  seen: Sightings,
  { name, tries, isChosen, settings = {} }: Course,
): Promise<readonly (readonly Seen[])[]> {
  const queue = await MappedQueue.make(
    platform,
    { name: `retry-${name}`, visibilityS: VISIBILITY_S },
    { FunctionName: 'retry', FunctionResponseTypes: ['ReportBatchItemFailures'], ...settings },
  );
  await queue.enable(true);
  const began = seen.expect(tries * TENS * 10);
  for (let ten = 0; ten < TENS; ten += 1) {
    const wanted = (n: number): number => DELAYS_S[n % DELAYS_S.length] ?? 1;
    const bodies = Array.from({ length: 10 }, (_, n) => JSON.stringify(bodyOf(tries, wanted(n), isChosen)));
    await queue.send(bodies);
    await pause(BETWEEN_TENS_MS);
  }
  const all = await began;
  await queue.enable(false);
  return all;
}

function bodyOf(tries: number, wantedS: number, isChosen: boolean): Readonly<Record<string, number>> {
  return { tries, wantedS, ...(isChosen && { delaySeconds: wantedS }) };
}

/** What the function reports: a line for each time that it sees a message. */
class Sightings {
  #messages = new Map<string, Seen[]>();
  #left = 0;
  #all = Promise.withResolvers<readonly (readonly Seen[])[]>();

  /** Begins anew; resolves when the function has seen so many, with the times of each message in their order. */
  expect(count: number): Promise<readonly (readonly Seen[])[]> {
    this.#messages = new Map();
    this.#left = count;
    this.#all = Promise.withResolvers();
    return this.#all.promise;
  }

  read(line: string): void {
    const [id = '', wantedS, atMs] = line.split(' ');
    const times = this.#messages.get(id) ?? [];
    this.#messages.set(id, [...times, { atMs: Number(atMs), wantedS: Number(wantedS) }]);
    this.#left -= 1;
    if (this.#left === 0) this.#all.resolve([...this.#messages.values()]);
  }
}
