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

/** The traffic of the access log at `path`: at its own times, `speed` times as fast, or evenly at `rate` clicks a second. */
export function replay(path: string, speed: number | undefined, rate: number): Replay {
  const { size } = statSync(path);
  const position: LogPosition = { readBytes: 0 };
  return {
    visits: visitsOfLog(path, position),
    pace: speed === undefined ? evenly(rate) : asLogged(speed),
    progress: (sent) => `${bar(position.readBytes / Math.max(1, size))} ${sent} clicks sent`,
  };
}
