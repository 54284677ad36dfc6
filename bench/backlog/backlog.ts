import type { Bench } from '../figure.ts';
import { fairness } from './fairness.ts';
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
      ...(await flat(progress, options)),
      ...(await reuse(progress, options)),
      ...(await fairness(progress, options)),
      ...(await remembered(progress, options)),
      ...(await shapes(progress, options)),
    ];
  },
};
