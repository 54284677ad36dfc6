import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { MOST_AT_ONCE } from '../../ads/click-processor/at-once.ts';
import { recordBatch } from '../../ads/click-processor/batch.ts';
import { ClickSource } from '../../ads/compare/click-source.ts';
import { functionForm, type Form } from '../../ads/compare/forms.ts';
import { layGround, type Ground } from '../../ads/compare/ground.ts';
import { recorded } from '../../ads/compare/recorded.ts';
import { median, rounded, type Figure } from '../figure.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
/** As it is deployed, and as large as it pays. */
const SIZES = [10, 1000] as const;
const LEAST_RATIO = 0.4;
const AIM = 20_000;
const WARM_UP = 200;

/** Clicks charged a second from a backlog, through function and database, beside the same transactions run bare. */
export async function chargingFigures(
  progress: (line: string) => void,
  isFull: boolean,
): Promise<readonly Figure[]> {
  await using ground = await layGround(ROOT);
  const form = await functionForm(ground);
  const source = new ClickSource(ground);
  await recorded(ground, await source.post(WARM_UP), WARM_UP);
  await form.turnOff();
  const figures: Figure[] = [];
  for (const size of SIZES) {
    await setBatch(ground, size);
    const counts = isFull
      ? { pairs: 5, clicks: size * 100 }
      : { pairs: 1, clicks: size === 10 ? 2000 : 10_000 };
    const [functions, bares, ratios]: [number[], number[], number[]] = [[], [], []];
    for (let pair = 1; pair <= counts.pairs; pair += 1) {
      progress(
        `ads: charging ${counts.clicks} clicks in batches of ${size}, pair ${pair} of ${counts.pairs}`,
      );
      const bare = await bareRate(ground, source, counts.clicks, size);
      const own = await functionRate(ground, form, source, counts.clicks, size);
      functions.push(own);
      bares.push(bare);
      ratios.push(own / bare);
    }
    figures.push(...figuresOf(size, { functions, bares, ratios }));
  }
  return figures;
}

interface Pairs {
  readonly functions: readonly number[];
  readonly bares: readonly number[];
  readonly ratios: readonly number[];
}

function figuresOf(size: number, { functions, bares, ratios }: Pairs): readonly Figure[] {
  const ratio = rounded(median(ratios));
  const value = rounded(median(functions));
  const isLargest = size === SIZES.at(-1);
  return [
    {
      name: `ads: clicks charged, batches of ${size}`,
      ...{ value, unit: '/s', floor: rounded(median(bares)), ratio },
      target: `>= ${LEAST_RATIO} x bare${isLargest ? `, >= ${AIM.toLocaleString('en')}/s` : ''}`,
      kept: ratio >= LEAST_RATIO && (!isLargest || value >= AIM),
    },
  ];
}

/** The transactions of the click processor without queue and function, by connections of one process. */
async function bareRate(ground: Ground, source: ClickSource, clicks: number, size: number): Promise<number> {
  const { run, bodies } = source.bodies(clicks);
  const messages = bodies.map((body, index) => ({ messageId: String(index), body }));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < messages.length) {
      const batch = messages.slice(next, next + size);
      next += size;
      await recordBatch(ground.ledger.sql, batch);
    }
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
  return rateOf(ground, run, clicks, size);
}

async function functionRate(
  ground: Ground,
  form: Form,
  source: ClickSource,
  clicks: number,
  size: number,
): Promise<number> {
  const run = await source.post(clicks);
  await form.turnOn();
  const rate = await rateOf(ground, run, clicks, size);
  await form.turnOff();
  return rate;
}

/** From the first record to the last, the batch of the first aside: it was under way before. */
async function rateOf(ground: Ground, run: string, clicks: number, size: number): Promise<number> {
  const { billed, seconds } = await recorded(ground, run, clicks);
  if (billed !== clicks) throw new Error(`${clicks - billed} of ${clicks} clicks were not charged.`);
  return (clicks - size) / seconds;
}

async function setBatch({ clients: { lambda }, queue }: Ground, BatchSize: number): Promise<void> {
  const asked = new ListEventSourceMappingsCommand({ EventSourceArn: queue.arn });
  const { EventSourceMappings = [] } = await lambda.send(asked);
  const MaximumBatchingWindowInSeconds = BatchSize > 10 ? 1 : 0;
  for (const { UUID } of EventSourceMappings)
    await lambda.send(
      new UpdateEventSourceMappingCommand({ UUID, BatchSize, MaximumBatchingWindowInSeconds }),
    );
}
