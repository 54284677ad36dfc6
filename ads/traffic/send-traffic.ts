import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from './browser.ts';
import type { Pace } from './pace.ts';
import type { Visit } from './visit.ts';

/** How traffic is sent. */
export interface TrafficOptions {
  readonly browser: Browser;
  readonly visits: Iterable<Visit> | AsyncIterable<Visit>;
  /** The traffic ends after this many click requests. */
  readonly clicks: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** What was sent so far. */
export interface TrafficCount {
  sent: number;
  /** Connections that broke. */
  broken: number;
  /** Ads asked for, and none was there. */
  nothingToShow: number;
  /** Click requests by the status that they were answered with. */
  readonly statuses: Map<number, number>;
}

/** Nothing sent yet. */
export function emptyCount(): TrafficCount {
  return { sent: 0, broken: 0, nothingToShow: 0, statuses: new Map() };
}

const MOST_AT_ONCE = 256;
/** A log may be silent for a night: then the signal is looked at meanwhile. */
const LONGEST_SLEEP_MS = 1000;

/** Sends visits at their times, whether earlier ones are answered or not, and counts into `count`. */
export async function sendTraffic(options: TrafficOptions, count: TrafficCount): Promise<void> {
  const startMs = performance.now();
  const running = new Set<Promise<void>>();
  let planned = 0;
  for await (const visit of options.visits) {
    if (planned >= options.clicks) break;
    await until(startMs + options.pace(visit, planned), options.signal);
    if (running.size >= MOST_AT_ONCE) await Promise.race(running);
    if (options.signal.aborted) break;
    const clicks = visit.clicks.slice(0, options.clicks - planned);
    planned += clicks.length;
    const sending: Promise<void> = play(options.browser, { ...visit, clicks }, count).finally(() =>
      running.delete(sending),
    );
    running.add(sending);
  }
  await Promise.all(running);
}

async function until(timeMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const leftMs = timeMs - performance.now();
    if (leftMs <= 0) return;
    await sleep(Math.min(leftMs, LONGEST_SLEEP_MS));
  }
}

async function play(browser: Browser, visit: Visit, count: TrafficCount): Promise<void> {
  try {
    const link = await browser.see(visit);
    if (link === undefined) count.nothingToShow += 1;
    else await clickAll(browser, visit, link, count);
  } catch {
    count.broken += 1;
  }
}

async function clickAll(browser: Browser, visit: Visit, link: string, count: TrafficCount): Promise<void> {
  for (const click of visit.clicks) {
    if (click.afterMs > 0) await sleep(click.afterMs);
    count.sent += 1;
    const status = await browser.click(visit, link, click);
    count.statuses.set(status, (count.statuses.get(status) ?? 0) + 1);
  }
}
