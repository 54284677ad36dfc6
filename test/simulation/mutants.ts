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
  /** Where it shows. */
  readonly game: 'queues' | 'functions';
  readonly patches: readonly Patch[];
}

const KEEPER = 'src/broker/keeper.ts';
const RECEIVING = 'src/broker/receiving.ts';

/** Every mutant that the simulation must catch. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'answer-before-commit',
    what: 'answers do not wait until what they say is durable',
    game: 'queues',
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
    game: 'queues',
    patches: [
      {
        file: 'src/broker/sending.ts',
        find: 'const synced = keeper.synced();',
        replace: "const synced = ids.length === 0 ? 'durable' : keeper.synced();",
      },
    ],
  },
  {
    name: 'fifo-lease-not-awaited',
    what: 'a receive on a FIFO queue is answered before its lease is durable',
    game: 'queues',
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
    game: 'queues',
    patches: [
      {
        file: 'src/queue/leasing.ts',
        find: 'else state.write(entry, moment, changes);',
        replace: 'else state.write(entry, moment, state.fifo === undefined ? changes : []);',
      },
    ],
  },
  {
    name: 'deduplication-lost-at-restart',
    what: 'what a FIFO queue accepted is not remembered over a restart',
    game: 'queues',
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
    game: 'queues',
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
    game: 'queues',
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
    what: 'a message group is given on behind a message of it that is out',
    game: 'queues',
    patches: [
      {
        file: 'src/queue/lane.ts',
        find: 'if (this.firstOut === Infinity) this.firstOut = order;',
        replace: 'if (this.firstOut === Infinity) return;',
      },
    ],
  },
  {
    name: 'page-overtakes-purge',
    what: 'a page that was read before a purge brings back what the purge removed',
    game: 'queues',
    patches: [
      {
        file: 'src/queue/enter.ts',
        find: 'order > state.purgedThroughOrder &&\n    !state.entries.has(order)',
        replace: '!state.entries.has(order)',
      },
    ],
  },
  {
    name: 'delete-overlooks-resting',
    what: 'a delete overlooks a message that goes to rest while another of the same request is looked up',
    game: 'queues',
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
    game: 'queues',
    patches: [
      {
        file: 'src/broker/committer.ts',
        find: "for (const { fate } of lost) fate.resolve('lost');",
        replace: "for (const { fate } of lost) fate.resolve('durable');",
      },
    ],
  },
  {
    name: 'two-invocations-in-one-environment',
    what: 'an environment is given on before its invocation is over',
    game: 'functions',
    patches: [
      {
        file: 'src/environment/pool-invoker.ts',
        find: 'const { end, again } = await ranIn(environment, invocation, request.sink);',
        replace:
          'const running = ranIn(environment, invocation, request.sink); this.#options.pool.giveBack(record, environment); const { end, again } = await running;',
      },
      {
        file: 'src/environment/environment.ts',
        find: "return this.#exit === undefined && (this.#state === 'idle' || this.#state === 'frozen');",
        replace: 'return this.#exit === undefined;',
      },
      {
        file: 'src/environment/state.ts',
        find: "busy: ['idle',",
        replace: "busy: ['busy', 'frozen', 'idle',",
      },
    ],
  },
  {
    name: 'verdict-applied-twice',
    what: 'what an invocation meant is applied twice',
    game: 'functions',
    patches: [
      {
        file: 'src/dispatch/batch-run.ts',
        find: '  await run.handBack(result);\n}',
        replace: '  await run.handBack(result);\n  await run.handBack(result);\n}',
      },
    ],
  },
  {
    name: 'event-lost-at-restart',
    what: 'asynchronous events do not outlive the platform',
    game: 'functions',
    patches: [
      {
        file: 'src/dispatch/inboxes.ts',
        find: 'if (ports.functions.get(key)?.createdAtMs !== createdAtMs) await inboxes.#remove(key);',
        replace: 'await inboxes.#remove(key); if (createdAtMs < 0) continue;',
      },
    ],
  },
  {
    name: 'message-in-two-batches',
    what: 'a batch is taken with a lease that ends too soon',
    game: 'functions',
    patches: [
      { file: 'src/dispatch/batcher.ts', find: 'visibilityMs: plan.leaseMs,', replace: 'visibilityMs: 1,' },
    ],
  },
  {
    name: 'innocent-counted',
    what: 'a batch that dies is not divided: its innocent messages are counted',
    game: 'functions',
    patches: [
      { file: 'src/dispatch/divide.ts', find: "if (result?.kind === 'timed-out') return true;", replace: '' },
      {
        file: 'src/dispatch/divide.ts',
        find: "return result?.kind === 'exited' && result.during === 'invoke';",
        replace: 'return result === null;',
      },
    ],
  },
];
