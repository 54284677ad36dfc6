import { randomInt } from 'node:crypto';
import { DEFAULT_CLICKS, type StartOptions } from './options.ts';
import { ProgressLine } from './progress/progress-line.ts';
import type { System } from './system.ts';
import { readAgents } from './traffic/agents.ts';
import { Browser } from './traffic/browser.ts';
import { Chance } from './traffic/chance.ts';
import { generateVisits } from './traffic/generate.ts';
import { evenly, type Pace } from './traffic/pace.ts';
import { replay } from './traffic/replay.ts';
import { emptyCount, sendTraffic } from './traffic/send-traffic.ts';
import type { Visit } from './traffic/visit.ts';

interface Plan {
  readonly visits: Iterable<Visit> | AsyncIterable<Visit>;
  /** Undefined: as many as there are. */
  readonly clicks: number | undefined;
  readonly pace: Pace;
  /** How far it has come, in words. */
  readonly progress: (sent: number) => string;
}

/** Sends the traffic that the options ask for, with a progress line. */
export async function runTraffic(system: System, options: StartOptions, signal: AbortSignal): Promise<void> {
  const plan = planOf(options);
  const count = emptyCount();
  const browser = new Browser(system.server.origin);
  const startMs = performance.now();
  const line = new ProgressLine(process.stdout, () => {
    const { answered, unavailable } = system.server.server.tally;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const lost = unavailable + count.broken;
    return `${seconds} s: ${plan.progress(count.sent)}, ${answered} redirected, ${lost} not answered`;
  });
  try {
    const { visits, pace, clicks = Number.POSITIVE_INFINITY } = plan;
    await sendTraffic({ browser, visits, pace, clicks, signal }, count);
  } finally {
    line.finish();
    browser.close();
  }
  if (count.nothingToShow > 0) console.log(`${count.nothingToShow} times there was no ad to show.`);
}

function planOf({ replay: log, clicks, seed, rate, speed }: StartOptions): Plan {
  if (log !== undefined) return { ...replay(log, { speed, rate, clicks }), clicks };
  const chosen = seed ?? randomInt(2 ** 32);
  console.log(`Traffic with seed ${chosen}.`);
  const most = clicks ?? DEFAULT_CLICKS;
  return {
    visits: generateVisits(readAgents(), new Chance(chosen)),
    clicks: most,
    pace: evenly(rate),
    progress: (sent) => `${sent} of ${most} clicks sent`,
  };
}
