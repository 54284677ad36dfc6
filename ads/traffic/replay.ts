import { statSync } from 'node:fs';
import { visitsOfLog, type LogPosition } from './access-log.ts';
import { bar } from '../progress/bar.ts';
import { asLogged, evenly, type Pace } from './pace.ts';
import type { Visit } from './visit.ts';

/** A log as traffic. */
export interface Replay {
  readonly visits: AsyncIterable<Visit>;
  readonly pace: Pace;
  readonly progress: (sent: number) => string;
}

/** How a log is replayed: at its own times, `speed` times as fast, or evenly at `rate` clicks a second; at most `clicks`. */
export interface ReplayOptions {
  readonly speed?: number | undefined;
  readonly rate: number;
  readonly clicks?: number | undefined;
}

/** The traffic of the access log at `path`. Its progress is that of the log, or of the clicks that are wanted. */
export function replay(path: string, { speed, rate, clicks }: ReplayOptions): Replay {
  const { size } = statSync(path);
  const position: LogPosition = { readBytes: 0, leftOut: 0 };
  const share = (sent: number): number =>
    Math.max(position.readBytes / Math.max(1, size), clicks === undefined ? 0 : sent / clicks);
  return {
    visits: visitsOfLog(path, position),
    pace: speed === undefined ? evenly(rate) : asLogged(speed),
    progress: (sent) => `${bar(share(sent))} ${sent} clicks sent${leftOutWords(position.leftOut)}`,
  };
}

function leftOutWords(lines: number): string {
  return lines === 0 ? '' : ` (left out: ${lines} ${lines === 1 ? 'line' : 'lines'} without GET or HEAD)`;
}
