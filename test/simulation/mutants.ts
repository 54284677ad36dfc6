/** A text of the broker's source that is another one in a mutant. */
export interface Patch {
  /** From the root of the project. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** The broker with one promise broken: the simulation must notice. */
export interface Mutant {
  readonly name: string;
  readonly what: string;
  readonly patches: readonly Patch[];
}

const KEEPER = 'src/broker/keeper.ts';
const RECEIVING = 'src/broker/receiving.ts';

/** Every mutant that the simulation must catch. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'answer-before-commit',
    what: 'answers do not wait until what they say is durable',
    patches: [
      {
        file: KEEPER,
        find: 'return this.#parts.committer.fate(this.#lastGroup);',
        replace: "return 'durable';",
      },
    ],
  },
  {
    name: 'duplicate-before-original',
    what: 'a duplicate is answered before its original is durable',
    patches: [
      {
        file: 'src/broker/sending.ts',
        find: 'const synced = keeper.synced();',
        replace: "const synced = news.length === 0 ? 'durable' : keeper.synced();",
      },
    ],
  },
  {
    name: 'fifo-lease-not-awaited',
    what: 'a receive on a FIFO queue is answered before its lease is durable',
    patches: [
      {
        file: RECEIVING,
        find: 'const isOrdered = keeper.state.fifo !== undefined && reply.taken.length > 0;',
        replace: 'const isOrdered = false;',
      },
    ],
  },
  {
    name: 'fifo-lease-forgotten',
    what: 'the leases of a FIFO queue are not written down',
    patches: [
      {
        file: 'src/queue/leasing.ts',
        find: 'state.hide(entry, moment, changes);',
        replace: 'state.hide(entry, moment, state.fifo === undefined ? changes : []);',
      },
    ],
  },
  {
    name: 'deduplication-lost-at-restart',
    what: 'what a FIFO queue accepted is not remembered over a restart',
    patches: [
      {
        file: KEEPER,
        find: "this.apply<'sends'>({ kind: 'sends', page });",
        replace: "this.apply<'sends'>({ kind: 'sends', page: { sends: [], isLast: true } });",
      },
    ],
  },
  {
    name: 'dead-letter-doubled',
    what: 'a dead letter stays in the queue that it leaves, on the disk',
    patches: [
      {
        file: 'src/queue/leasing.ts',
        find: 'state.remove(entry, moment, changes);',
        replace: 'state.remove(entry, moment, []);',
      },
    ],
  },
  {
    name: 'dead-letter-in-two-groups',
    what: 'a dead letter leaves its queue in one group and joins the other in a later one',
    patches: [
      {
        file: RECEIVING,
        find: 'this.#handOver(keeper, letterKeeper, reply);',
        replace: 'setTimeout(() => setImmediate(() => this.#handOver(keeper, letterKeeper, reply)), 0);',
      },
    ],
  },
  {
    name: 'fifo-group-not-blocked',
    what: 'a message group is given on while one of its messages is out',
    patches: [{ file: 'src/queue/lane.ts', find: 'return this.outCount === 0;', replace: 'return true;' }],
  },
  {
    name: 'page-overtakes-purge',
    what: 'a page that was read before a purge brings back what the purge removed',
    patches: [
      {
        file: 'src/queue/pages.ts',
        find: 'order > state.purgedThroughOrder &&\n    !state.entries.has(order)',
        replace: '!state.entries.has(order)',
      },
    ],
  },
  {
    name: 'delete-overlooks-resting',
    what: 'a delete overlooks a message that goes to rest while another of the same request is looked up',
    patches: [
      {
        file: 'src/broker/settling.ts',
        find: 'if (found.isSure && isAllAsked)',
        replace: 'if (found.isSure)',
      },
    ],
  },
  {
    name: 'lost-group-answered',
    what: 'what a full disk lost is answered as done',
    patches: [
      {
        file: 'src/broker/committer.ts',
        find: "for (const { fate } of lost) fate.resolve('lost');",
        replace: "for (const { fate } of lost) fate.resolve('durable');",
      },
    ],
  },
];
