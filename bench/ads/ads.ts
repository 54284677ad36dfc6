import type { Bench } from '../figure.ts';
import { chargingFigures } from './charging.ts';
import { clickFigures } from './clicks.ts';
import { ysbFigures } from './ysb/figures.ts';
import { FORMS } from './ysb/ysb-ground.ts';

const VARIANTS = ['count', 'money'] as const;

/** The advertising click system. */
export const ads: Bench = {
  name: 'ads',
  what: 'clicks in open loop: redirects (also while database or processor are stopped), pages; charging beside the bare transaction; Yahoo streaming benchmark (whole with --full)',
  async run({ progress, part }, { isFull }) {
    await part('clicks', () => clickFigures(progress, isFull));
    await part('charging', () => chargingFigures(progress, isFull));
    for (const variant of VARIANTS)
      for (const form of FORMS)
        await part(`Yahoo benchmark, ${variant}, ${form}`, () => ysbFigures(variant, form, progress, isFull));
  },
};
