import { median, type BenchOptions, type Figure } from '../figure.ts';
import { figure } from './figures.ts';
import { WAITING } from './filling.ts';
import { Opened } from './opened.ts';
import { Pace, type Stretch } from './pace.ts';
import { ScratchData } from './scratch.ts';

const QUEUES = 10_000;
const MESSAGES_OF_QUEUE = 10;
const MOST_OPEN_MS = 2000;
const PAIRS = 3;
/** Ten times as much costs at most a tenth more. */
const KEPT_SPEED = 0.9;

/** Ten times the queues cost the same for each message. */
export async function manyQueues(
  progress: (line: string) => void,
  { scratch }: BenchOptions,
): Promise<readonly Figure[]> {
  using data = new ScratchData(scratch);
  const messages = QUEUES * MESSAGES_OF_QUEUE;
  await data.fill({ ...WAITING, queues: QUEUES, messages }, progress, `${QUEUES} queues`);
  await using opened = await Opened.on(data.path, `${WAITING.queue}-0`);
  const { now } = opened.residentMb();
  const pace = await Pace.of(opened, WAITING);
  const few = QUEUES / 10;
  // Whoever is asked for the first time pages its messages in.
  await pace.on(WAITING.queue, QUEUES);
  const [one, ten] = await inTurns(
    () => pace.on(WAITING.queue, few),
    () => pace.on(WAITING.queue, QUEUES),
    (pair) => progress(`backlog: cycles on ${few} and on ${QUEUES} queues, pair ${pair} of ${PAIRS}`),
  );
  const within = opened.answeredMs <= MOST_OPEN_MS;
  return [
    figure(`open, ${QUEUES} queues`, opened.answeredMs, 'ms', `<= ${MOST_OPEN_MS} ms`, within),
    figure(`resident when open, ${QUEUES} queues`, now, 'MB', '<= 300 MB', now <= 300),
    compared('cycles, ten times the queues', one, ten),
  ];
}

/** Ten times the backlog costs the same for each message. */
export async function longBacklog(
  progress: (line: string) => void,
  { scratch, messages }: BenchOptions,
): Promise<readonly Figure[]> {
  using small = new ScratchData(scratch);
  using large = new ScratchData(scratch);
  await small.fill({ ...WAITING, messages: Math.ceil(messages / 10) }, progress, 'a tenth of the backlog');
  await large.fill({ ...WAITING, messages }, progress, 'the whole backlog');
  await using one = await Opened.on(small.path, WAITING.queue);
  await using ten = await Opened.on(large.path, WAITING.queue);
  const paces = [await Pace.of(one, WAITING), await Pace.of(ten, WAITING)] as const;
  const [tenth, whole] = await inTurns(
    () => paces[0].beside(),
    () => paces[1].beside(),
    (pair) => progress(`backlog: cycles beside a tenth and beside the whole, pair ${pair} of ${PAIRS}`),
  );
  return [compared('cycles, ten times the backlog', tenth, whole)];
}

async function inTurns(
  first: () => Promise<Stretch>,
  second: () => Promise<Stretch>,
  progress: (pair: number) => void,
): Promise<readonly [readonly Stretch[], readonly Stretch[]]> {
  const [ones, others]: [Stretch[], Stretch[]] = [[], []];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    progress(pair);
    ones.push(await first());
    others.push(await second());
  }
  return [ones, others];
}

/** By processor time for each message. */
function compared(name: string, one: readonly Stretch[], ten: readonly Stretch[]): Figure {
  const ratio = median(one.map(({ cpuUs }, pair) => cpuUs / (ten[pair]?.cpuUs ?? Number.NaN)));
  const [floor, value] = [one, ten].map((stretches) => median(stretches.map(({ perS }) => perS)));
  const target = `>= ${KEPT_SPEED} x a tenth (CPU)`;
  return figure(name, value ?? 0, 'messages/s', target, ratio >= KEPT_SPEED, { floor: floor ?? 0, ratio });
}
