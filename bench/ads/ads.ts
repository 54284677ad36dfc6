import type { Bench } from '../figure.ts';
import { chargingFigures } from './charging.ts';
import { clickFigures } from './clicks.ts';
import { ysbFigures } from './ysb/figures.ts';

/** The advertising click system. */
export const ads: Bench = {
  name: 'ads',
  what: 'clicks in open loop: redirects (also while database or processor are stopped), pages; charging beside the bare transaction; Yahoo streaming benchmark (whole with --full)',
  run: async (progress, { isFull }) => [
    ...(await clickFigures(progress, isFull)),
    ...(await chargingFigures(progress, isFull)),
    ...(await ysbFigures(progress, isFull)),
  ],
};
