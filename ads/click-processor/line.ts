import postgres from 'postgres';
import { askedBy } from './asked.ts';
import { LineSocket, type Destination } from './line-socket.ts';

/** How connections are made. */
export type LineOptions = postgres.Options<Record<string, postgres.PostgresType>> & {
  /** An answer that takes longer never comes: the connection is given up. Undefined: however long it takes. */
  readonly longestQueryMs?: number | undefined;
  /** The same for the time until there is a connection at all. */
  readonly connectSeconds: number;
};

/** The connection broke, or nothing was heard on it for too long. What was asked last may have been done or not. */
export class ConnectionLost extends Error {
  readonly code: 'CONNECTION_CLOSED' | 'QUERY_TIMEOUT';

  constructor(why: ConnectionLost['code']) {
    super(
      why === 'QUERY_TIMEOUT'
        ? 'The database did not answer in time.'
        : 'The connection to the database was lost.',
    );
    this.code = why;
  }
}

/**
 * One connection of its own, used by one at a time; it is never used again once it was lost. The driver (3.4.9) forgets a
 * query that is sent between a loss and the moment when it learns of it, and sends others on its next connection, outside
 * of any transaction (porsager/postgres, issues 1208 and 1216): here there is no next one, and whoever waits is told.
 */
export class Line {
  readonly #client: postgres.Sql;
  readonly #socket: LineSocket;
  readonly #longestQueryMs: number | undefined;
  readonly #waiting = new Set<(error: Error) => void>();
  #isLost = false;

  constructor(url: string, { longestQueryMs, connectSeconds, ...options }: LineOptions) {
    this.#longestQueryMs = longestQueryMs;
    this.#socket = new LineSocket(connectSeconds * 1000);
    const once = {
      ...{ max: 1, max_lifetime: null, connect_timeout: connectSeconds },
      onclose: () => this.#lose('CONNECTION_CLOSED'),
      // The driver has this setting, though its types do not tell.
      socket: (where: Destination) => this.#socket.open(where),
    };
    this.#client = postgres(url, { ...options, ...once });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Asks a single query. Rejects as it does, or when the connection is lost: then it may have been done or not. */
  async query<T>(ask: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
    try {
      return await this.#bounded(() => ask(this.#client));
    } catch (error) {
      if (!isToldByServer(error)) this.#lose('CONNECTION_CLOSED');
      throw error;
    }
  }

  /**
   * Runs `work` in a transaction. Rejects as `work` does, or when the connection is lost: then nothing is committed,
   * or, if it was lost during the commit, everything may be.
   */
  async transaction<T>(kind: string, work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
    const sql = this.#guarded();
    try {
      await sql.unsafe(`begin ${kind}`);
      const result = await work(sql);
      const { command } = await sql.unsafe('commit');
      if (command === 'COMMIT') return result;
    } catch (error) {
      await this.#giveUp(error);
      throw error;
    }
    throw new Error('A query of the transaction had failed: nothing was committed.');
  }

  /** Nothing is sent on it any more, and nobody waits for it. */
  async end(): Promise<void> {
    const isWell = !this.#isLost && this.#waiting.size === 0;
    // Taking leave spares the server a line in its log.
    if (isWell) await this.#client.end({ timeout: 1 }).catch(() => undefined);
    this.#lose('CONNECTION_CLOSED');
    await this.#client.end({ timeout: 0 }).catch(() => undefined);
  }

  /** Any other error ends the connection: then the server rolls back. */
  async #giveUp(error: unknown): Promise<void> {
    if (!isToldByServer(error)) this.#lose('CONNECTION_CLOSED');
    if (this.#isLost) return;
    await this.#bounded(() => this.#client.unsafe('rollback')).catch(() => this.#lose('CONNECTION_CLOSED'));
  }

  /** The client, whose queries are bounded; after the connection was lost it would send them on another one. */
  #guarded(): postgres.TransactionSql {
    const asked = (made: unknown): unknown =>
      askedBy(made, () => this.#bounded(() => made as PromiseLike<unknown>));
    return new Proxy(this.#client, {
      apply: (target, self, words: unknown[]) =>
        asked(Reflect.apply(target as (...all: unknown[]) => unknown, self, words)),
      get: (target, name): unknown => {
        if (name === 'unsafe') return (text: string) => asked(target.unsafe(text));
        return Reflect.get(target, name) as unknown;
      },
    }) as unknown as postgres.TransactionSql;
  }

  /** Rejects too when the connection is lost, and gives it up when no answer comes in time. */
  async #bounded<T>(ask: () => PromiseLike<T>): Promise<T> {
    if (this.#isLost) throw new ConnectionLost('CONNECTION_CLOSED');
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const limitMs = this.#longestQueryMs;
    const timer = limitMs === undefined ? undefined : setTimeout(() => this.#lose('QUERY_TIMEOUT'), limitMs);
    this.#waiting.add(reject);
    try {
      return await Promise.race([ask(), lost]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(reject);
    }
  }

  #lose(why: ConnectionLost['code']): void {
    this.#isLost = true;
    for (const reject of this.#waiting) reject(new ConnectionLost(why));
    this.#socket.destroy();
  }
}

/** Only after an error that the server itself has told is the connection surely alive. */
function isToldByServer(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.severity === 'ERROR';
}
