import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DEFAULT_CLICKS, type StartOptions } from './options.ts';
import { ProgressLine } from './progress/progress-line.ts';
import type { System } from './system.ts';
import { readAgents } from './traffic/agents.ts';
import { visitsOfLog } from './traffic/access-log.ts';
import { Browser } from './traffic/browser.ts';
import { Chance } from './traffic/chance.ts';
import { generateVisits } from './traffic/generate.ts';
import { sendTraffic, type TrafficCount } from './traffic/send-traffic.ts';
import type { Visit } from './traffic/visit.ts';

interface Plan {
  readonly visits: Iterable<Visit>;
  readonly clicks: number;
}

/** Sends the traffic that the options ask for, with a progress line. */
export async function runTraffic(system: System, options: StartOptions, signal: AbortSignal): Promise<void> {
  const plan = planOf(options);
  const count: TrafficCount = { sent: 0, broken: 0, nothingToShow: 0 };
  const browser = new Browser(system.server.origin);
  const startMs = performance.now();
  const line = new ProgressLine(process.stdout, () => {
    const { answered, unavailable } = system.server.server.tally;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const lost = unavailable + count.broken;
    return `${seconds} s: ${count.sent} of ${plan.clicks} clicks sent, ${answered} redirected, ${lost} not answered`;
  });
  try {
    await sendTraffic({ browser, ...plan, rate: options.rate, signal }, count);
  } finally {
    line.finish();
    browser.close();
  }
  if (count.nothingToShow > 0) console.log(`${count.nothingToShow} times there was no ad to show.`);
}

function planOf({ replay, clicks, seed }: StartOptions): Plan {
  if (replay === undefined) {
    const chosen = seed ?? randomInt(2 ** 32);
    console.log(`Traffic with seed ${chosen}.`);
    return { visits: generateVisits(readAgents(), new Chance(chosen)), clicks: clicks ?? DEFAULT_CLICKS };
  }
  const visits = [...visitsOfLog(readFileSync(replay, 'utf8'))];
  return { visits, clicks: Math.min(clicks ?? visits.length, visits.length) };
}
