import type { Bench } from '../figure.ts';
import { fairness } from './fairness.ts';
import { longBacklog, manyQueues } from './flat.ts';
import { remembered } from './remembered.ts';
import { reuse } from './reuse.ts';
import { shapes } from './shapes.ts';

/** Millions of messages that wait, thousands of queues: what they cost to open, to hold and to work beside. */
export const backlog: Bench = {
  name: 'backlog',
  what: 'millions of waiting messages and 10,000 queues: opening, memory, speed beside them, fairness, deduplication',
  async run(report, options) {
    const { progress, part } = report;
    await part('ten times the queues', () => manyQueues(progress, options));
    await part('ten times the backlog', () => longBacklog(progress, options));
    await part('a drained backlog', () => reuse(progress, options));
    await part('fairness', () => fairness(progress, options));
    await part('deduplication', () => remembered(progress, options));
    await shapes(report, options);
  },
};
