import type { Bench } from '../figure.ts';
import { clickFigures } from './clicks.ts';

/** The advertising click system. */
export const ads: Bench = {
  name: 'ads',
  what: 'click endpoint in open loop: latency, sustained rate, redirects while database or processor are stopped (30 s with --full)',
  run: (progress, { isFull }) => clickFigures(progress, isFull),
};
