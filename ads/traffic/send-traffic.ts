import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from './browser.ts';
import type { Visit } from './visit.ts';

/** How traffic is sent. */
export interface TrafficOptions {
  readonly browser: Browser;
  readonly visits: Iterable<Visit>;
  /** The traffic ends after this many click requests. */
  readonly clicks: number;
  /** Click requests a second that are aimed at. */
  readonly rate: number;
  readonly signal: AbortSignal;
}

/** What was sent so far. */
export interface TrafficCount {
  sent: number;
  /** Connections that broke. */
  broken: number;
  /** Ads asked for, and none was there. */
  nothingToShow: number;
}

const MOST_AT_ONCE = 256;

/** Sends visits at their times, whether earlier ones are answered or not, and counts into `count`. */
export async function sendTraffic(options: TrafficOptions, count: TrafficCount): Promise<void> {
  const startMs = performance.now();
  const running = new Set<Promise<void>>();
  let planned = 0;
  for (const visit of options.visits) {
    if (planned >= options.clicks || options.signal.aborted) break;
    const clicks = visit.clicks.slice(0, options.clicks - planned);
    await sleep(Math.max(0, startMs + (planned * 1000) / options.rate - performance.now()));
    if (running.size >= MOST_AT_ONCE) await Promise.race(running);
    planned += clicks.length;
    const sending: Promise<void> = play(options.browser, { ...visit, clicks }, count).finally(() =>
      running.delete(sending),
    );
    running.add(sending);
  }
  await Promise.all(running);
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
    await browser.click(visit, link, click);
  }
}
