import type { Bench } from '../figure.ts';
import { fairness } from './fairness.ts';
import { said } from './figures.ts';
import { flat } from './flat.ts';
import { remembered } from './remembered.ts';
import { reuse } from './reuse.ts';
import { shapes } from './shapes.ts';

/** Millions of messages that wait, thousands of queues: what they cost to open, to hold and to work beside. */
export const backlog: Bench = {
  name: 'backlog',
  what: 'millions of waiting messages and 10,000 queues: opening, memory, speed beside them, fairness, deduplication',
  async run(progress, options) {
    return [
      ...said(await flat(progress, options), progress),
      ...said(await reuse(progress, options), progress),
      ...said(await fairness(progress, options), progress),
      ...said(await remembered(progress, options), progress),
      ...(await shapes(progress, options)),
    ];
  },
};
