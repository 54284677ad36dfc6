import { median, type BenchOptions, type Figure, type Report } from '../figure.ts';
import { figure } from './figures.ts';
import { WAITING, type Filling } from './filling.ts';
import { Opened } from './opened.ts';
import { Pace } from './pace.ts';
import { ScratchData } from './scratch.ts';

/** A backlog of one shape. */
interface Shape {
  readonly what: string;
  readonly filling: Partial<Filling>;
}

/** What is remembered of sends lasts so long: the hardest case is that all were sent within it. */
const REMEMBERED_MS = 290_000;
const MOST_MB = 300;
const MOST_OPEN_MS = 1000;
/** Sending and receiving keep so much of the speed of an empty queue. */
const KEPT_SPEED = 0.8;

function shapesOf(messages: number): readonly Shape[] {
  const fifo = { isFifo: true, queue: 'backlog.fifo', overMs: REMEMBERED_MS };
  return [
    { what: 'delayed', filling: { delayMs: 900_000 } },
    { what: 'one FIFO group', filling: { ...fifo, groups: 1 } },
    { what: `${messages / 5} FIFO groups`, filling: { ...fifo, groups: messages / 5 } },
    { what: `${messages / 5} groups, fair`, filling: { groups: messages / 5 } },
    { what: 'waiting', filling: {} },
  ];
}

/** Opening, memory and speed beside a backlog of every shape; the last directory goes on to be purged and to expire. */
export async function shapes({ progress, part }: Report, { messages, scratch }: BenchOptions): Promise<void> {
  for (const { what, filling } of shapesOf(messages)) {
    using data = new ScratchData(scratch);
    const whole = { ...WAITING, messages, ...filling };
    let isFilled = false;
    await part(what, async () => {
      await data.fill(whole, progress, what);
      isFilled = true;
      return await measured(data, what, whole, progress);
    });
    if (what !== 'waiting' || !isFilled) continue;
    for (const way of ['about to expire', 'purged'] as const)
      await part(`waiting, ${way}`, () => gone(data, way, progress));
  }
}

async function measured(
  data: ScratchData,
  what: string,
  filling: Filling,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  await using opened = await Opened.on(data.path, filling.queue);
  progress(`backlog: ${what}: open after ${Math.round(opened.answeredMs)} ms`);
  const { now } = opened.residentMb();
  const pace = await Pace.of(opened, filling);
  const { ratio, rate, floor } = await pace.pairs(progress, what);
  const { peak } = opened.residentMb();
  return [
    figure(
      `open, ${what}`,
      opened.answeredMs,
      'ms',
      `<= ${MOST_OPEN_MS} ms`,
      opened.answeredMs <= MOST_OPEN_MS,
    ),
    figure(`resident when open, ${what}`, now, 'MB', `<= ${MOST_MB} MB`, now <= MOST_MB),
    figure(`resident at most, under load, ${what}`, peak, 'MB', `<= ${MOST_MB} MB`, peak <= MOST_MB),
    figure(`cycles, ${what}`, rate, 'messages/s', `>= ${KEPT_SPEED} x empty (CPU)`, ratio >= KEPT_SPEED, {
      floor,
      ratio,
    }),
  ];
}

/** While all of a backlog goes at once the rest goes on. The last of the two leaves nothing. */
async function gone(
  data: ScratchData,
  what: 'purged' | 'about to expire',
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const { queue } = WAITING;
  await using opened = await Opened.on(data.path, queue);
  const pace = await Pace.of(opened, WAITING);
  const before = await pace.empty();
  const QueueUrl = opened.url(queue);
  if (what === 'purged') await opened.ask('PurgeQueue', { QueueUrl });
  else await opened.ask('SetQueueAttributes', { QueueUrl, Attributes: { MessageRetentionPeriod: '60' } });
  progress(`backlog: ${what}: cycles while it goes`);
  const meanwhile = [await pace.beside(), await pace.beside(), await pace.beside()];
  const { peak } = opened.residentMb();
  if (what !== 'purged')
    await opened.ask('SetQueueAttributes', { QueueUrl, Attributes: { MessageRetentionPeriod: '345600' } });
  const after = await pace.empty();
  const [perS, floor] = [median(meanwhile.map((each) => each.perS)), (before.perS + after.perS) / 2];
  const ratio = perS / floor;
  return [
    figure(`resident at most, ${what}`, peak, 'MB', `<= ${MOST_MB} MB`, peak <= MOST_MB),
    figure(`cycles, ${what}`, perS, 'messages/s', `>= ${KEPT_SPEED} x empty`, ratio >= KEPT_SPEED, {
      floor,
      ratio,
    }),
  ];
}
