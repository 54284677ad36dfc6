import type { Visit } from './visit.ts';

/** Says how long after the start a visit comes, in milliseconds; `planned`: how many clicks come before it. */
export type Pace = (visit: Visit, planned: number) => number;

/** So many clicks a second, evenly. */
export function evenly(clicksPerS: number): Pace {
  return (_, planned) => (planned * 1000) / clicksPerS;
}

/** As the visits came, `speed` times as fast; the first one comes at once, and one without a time with the one before. */
export function asLogged(speed: number): Pace {
  let firstMs: number | undefined;
  let lastMs = 0;
  return ({ atMs }) => {
    if (atMs === undefined) return lastMs;
    firstMs ??= atMs;
    lastMs = Math.max(0, (atMs - firstMs) / speed);
    return lastMs;
  };
}
