import { percentile, rounded, type Figure } from '../figure.ts';
import { besideSyncs } from '../synced-file.ts';
import type { ClickLoad } from './click-client.ts';
import { ClickSystem } from './click-system.ts';

const RATE = 1000;
/** After a start disk and caches settle for some seconds, which no server that runs sees again. */
const WARM_UP_S = 20;
const DRAIN_S = 600;
/** So long a page may take to show what is recorded. */
const PAGE_S = 30;
const OUTAGE_RATE = 500;
/** A step whose clicks wait longer than this is not sustained: its queue grows. */
const SUSTAINED_P99_MS = 250;

/** How long each part takes. */
interface Times {
  readonly normalS: number;
  readonly outageS: number;
  /** Rates that are tried, each for so long. */
  readonly steps: readonly number[];
  readonly stepS: number;
}

const SHORT: Times = { normalS: 20, outageS: 5, steps: [2000, 5000, 6000, 8000], stepS: 4 };
const WHOLE: Times = { normalS: 20, outageS: 30, steps: [2000, 3000, 4000, 5000, 6000, 8000], stepS: 8 };

/** The click endpoint: latency in open loop, the rate that is kept up, and redirects while something is stopped. */
export async function clickFigures(
  progress: (line: string) => void,
  isFull: boolean,
): Promise<readonly Figure[]> {
  const times = isFull ? WHOLE : SHORT;
  await using system = await ClickSystem.start();
  progress(`ads: ${RATE} clicks/s, everything running`);
  await system.load(RATE, WARM_UP_S);
  await system.drained(DRAIN_S);
  const sinceMs = Date.now();
  const { result: normal, syncsMs } = await besideSyncs(() => system.load(RATE, times.normalS));
  await system.drained(DRAIN_S);
  const recorded = await system.recordLatency(sinceMs);
  const shown = await onThePages(system, times.normalS, progress);
  const without = await stopped(system, times, progress);
  progress('ads: sustained rate, function off');
  await system.setProcessor(false);
  const most = await sustained(system, times, progress);
  return [
    redirect(normal, syncsMs),
    {
      name: 'ads: click to charge, 1,000/s, p50',
      value: rounded(recorded.p50),
      unit: `ms (p99 ${rounded(recorded.p99)})`,
      target: '< 250 ms, p99 < 1 s',
      kept: recorded.p50 < 250 && recorded.p99 < 1000,
    },
    ...shown,
    count('ads: of these not redirected', normal.sent - normal.redirected),
    client(normal),
    {
      name: 'ads: CPU of the ad server, 1,000 clicks',
      value: rounded((normal.serverCpuS * 1000) / normal.sent),
      unit: 's',
      target: 'reported',
      kept: true,
    },
    ...without,
    { name: 'ads: clicks sustained', value: most, unit: '/s', target: '>= 5,000/s', kept: most >= 5000 },
  ];
}

/** A redirect waits for a sync of the disk, so beside it stands what bare syncs took meanwhile. */
function redirect({ latencyMs }: ClickLoad, syncsMs: readonly number[]): Figure {
  const [p99, sync] = [latencyMs.p99, percentile(syncsMs, 99)];
  const own = `p50 ${rounded(latencyMs.p50)}, p99.9 ${rounded(latencyMs.p999)}, p99 of the median second ${rounded(latencyMs.medianSecondP99)}`;
  return {
    ...{ name: 'ads: click to redirect beside a bare sync, 1,000/s, p99', value: rounded(p99) },
    ...{ unit: `ms (${own}; bare sync p50 ${rounded(percentile(syncsMs, 50))})` },
    ...{ floor: rounded(sync), ratio: rounded(p99 / sync), target: '<= 10 ms', kept: p99 <= 10 },
  };
}

/** In open loop each click has its time; a client that is late itself would measure itself. */
function client({ lateMs, clientCpuUs, wasFirst }: ClickLoad): Figure {
  return {
    name: 'ads: lateness of the client itself, p99',
    value: rounded(lateMs),
    unit: `ms (${rounded(clientCpuUs)} us of processor time for one click${wasFirst ? ', before others' : ''})`,
    target: '<= 5 ms',
    kept: lateMs <= 5,
  };
}

/** The pages of all four advertisers are open meanwhile. */
async function onThePages(
  system: ClickSystem,
  seconds: number,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  progress(`ads: ${RATE} clicks/s, pages open`);
  await using pages = await system.watchPages();
  const sinceMs = Date.now();
  await system.load(RATE, seconds);
  await system.drained(DRAIN_S);
  const waits = await pages.latenciesMs(sinceMs, PAGE_S);
  const [p50, p99] = [percentile(waits, 50), percentile(waits, 99)];
  const unit = `ms (${waits.length} clicks)`;
  return [
    {
      ...{ name: 'ads: click to the page, 1,000/s, p50', value: rounded(p50), unit },
      ...{ target: '< 250 ms', kept: p50 < 250 },
    },
    {
      ...{ name: 'ads: click to the page, 1,000/s, p99', value: rounded(p99), unit },
      ...{ target: '< 1,000 ms', kept: p99 < 1000 },
    },
  ];
}

async function stopped(
  system: ClickSystem,
  { normalS, outageS }: Times,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  progress(`ads: database stopped for ${outageS} s`);
  await system.stopDatabase();
  const withoutDatabase = await system.load(OUTAGE_RATE, outageS);
  await system.startDatabase();
  const afterDatabaseS = await system.drained(DRAIN_S);
  progress(`ads: processor stopped for ${outageS} s`);
  await system.setProcessor(false);
  const withoutProcessor = await system.load(OUTAGE_RATE, outageS);
  await system.setProcessor(true);
  const afterProcessorS = await system.drained(DRAIN_S);
  const sent = RATE * (2 * normalS + WARM_UP_S) + withoutDatabase.sent + withoutProcessor.sent;
  return [
    count('ads: not redirected, database stopped', withoutDatabase.sent - withoutDatabase.redirected),
    seconds('ads: backlog gone after the database', afterDatabaseS),
    count('ads: not redirected, processor stopped', withoutProcessor.sent - withoutProcessor.redirected),
    seconds('ads: backlog gone after the processor', afterProcessorS),
    count('ads: clicks missing in the ledger', sent - (await system.recorded())),
  ];
}

/** The highest step whose clicks were all redirected in time. */
async function sustained(
  system: ClickSystem,
  { steps, stepS }: Times,
  progress: (line: string) => void,
): Promise<number> {
  let most = 0;
  for (const rate of steps) {
    const result = await system.load(rate, stepS);
    const { p50, p99 } = result.latencyMs;
    progress(
      `ads: ${rate}/s: p50 ${rounded(p50)} ms, p99 ${rounded(p99)} ms, ad server ${rounded((result.serverCpuS * 1000) / result.sent)} CPU s for 1,000, client late by ${rounded(result.lateMs)} ms, ${JSON.stringify(result.statuses)}`,
    );
    if (result.redirected < result.sent || p99 > SUSTAINED_P99_MS) break;
    most = rate;
  }
  return most;
}

function count(name: string, value: number): Figure {
  return { name, value, unit: '', target: '0', kept: value === 0 };
}

function seconds(name: string, value: number): Figure {
  return { name, value: rounded(value), unit: 's', target: 'back to zero', kept: true };
}
