import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ProgressLine } from '../progress/progress-line.ts';
import { Browser } from '../traffic/browser.ts';
import { replay } from '../traffic/replay.ts';
import { emptyCount, sendTraffic, type TrafficCount } from '../traffic/send-traffic.ts';

interface Given {
  readonly to?: string;
  readonly speed: number;
  readonly clicks?: number;
  readonly data: string;
  readonly port: string;
  readonly classic: boolean;
}

/** `replay access.log`: the requests of an access log become requests for ads and their links. */
export function replayCommand(root: string): Command {
  return new Command('replay')
    .description(
      'sends the requests of an access log in combined format as ad traffic: its addresses, agents, times, referrers and ' +
        'HEAD requests; starts everything for it and settles the books, or sends to a server that runs',
    )
    .argument('<log>', 'the access log', existing)
    .option('--speed <n>', 'how many times as fast as it was', whole, 60)
    .option('--clicks <n>', 'end after so many clicks', whole)
    .option('--to <url>', 'send to this ad server only, such as http://127.0.0.1:8080')
    .option('--data <dir>', 'data directory of the system that is started', join(root, '.data'))
    .option('--port <n>', 'port of its platform (0: any free one)', '4566')
    .option('--classic', 'its long-lived consumer charges, instead of the function', false)
    .action(async (log: string, given: Given) => {
      process.exitCode = await (given.to === undefined
        ? throughOwnSystem(root, log, given)
        : sendTo(given.to, log, given));
    });
}

/** Everything is started as `npm start` does it; its exit code says whether the books balance. */
async function throughOwnSystem(root: string, log: string, given: Given): Promise<number> {
  const { data, port, speed, clicks, classic } = given;
  const words = [
    '--exit',
    '--replay',
    log,
    '--speed',
    String(speed),
    '--data',
    resolve(data),
    '--port',
    port,
  ];
  if (clicks !== undefined) words.push('--clicks', String(clicks));
  if (classic) words.push('--classic');
  const child = spawn(process.execPath, [join(root, 'ads', 'main.ts'), ...words], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function sendTo(origin: string, log: string, { speed, clicks }: Given): Promise<number> {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const { visits, pace, progress } = replay(log, { speed, rate: 1, clicks });
  const count = emptyCount();
  const browser = new Browser(origin);
  const line = new ProgressLine(process.stdout, () => progress(count.sent));
  const most = clicks ?? Number.POSITIVE_INFINITY;
  try {
    await sendTraffic({ browser, visits, pace, clicks: most, signal: stopping.signal }, count);
  } finally {
    line.finish();
    browser.close();
  }
  console.log(outcome(count));
  return count.broken === 0 ? 0 : 1;
}

function outcome({ sent, broken, nothingToShow, statuses }: TrafficCount): string {
  const answers = [...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  return `${sent} clicks sent (${answers.join(', ')}), ${nothingToShow} times no ad to show, ${broken} connections broken.`;
}

function existing(path: string): string {
  if (existsSync(path)) return resolve(path);
  throw new InvalidArgumentError('There is no such file.');
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number from 1.');
}
