import postgres from 'postgres';

type Options = postgres.Options<Record<string, postgres.PostgresType>>;

/** One connection of its own; it is never used again once it was lost. */
export class Line {
  readonly #client: postgres.Sql;
  #isLost = false;

  constructor(url: string, options: Options) {
    this.#client = postgres(url, { ...options, max: 1, onclose: () => (this.#isLost = true) });
  }

  get isLost(): boolean {
    return this.#isLost;
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

  /** Nothing is sent on it any more. */
  async end(): Promise<void> {
    this.#isLost = true;
    await this.#client.end({ timeout: 1 }).catch(() => undefined);
  }

  /**
   * Only after an error that the server itself has told is the connection surely alive. Any other ends it: then the
   * server rolls back.
   */
  async #giveUp(error: unknown): Promise<void> {
    const isAlive = error instanceof postgres.PostgresError && error.severity === 'ERROR';
    if (!isAlive) this.#isLost = true;
    if (!this.#isLost) await this.#client.unsafe('rollback').catch(() => (this.#isLost = true));
  }

  /** The client, but for queries after the connection was lost: it would send them on another one. */
  #guarded(): postgres.TransactionSql {
    const check = (): void => {
      if (this.#isLost) throw new ConnectionLost();
    };
    return new Proxy(this.#client, {
      apply: (target, self, words: unknown[]) => {
        check();
        return Reflect.apply(target as (...all: unknown[]) => unknown, self, words);
      },
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === 'unsafe') check();
        return value;
      },
    }) as unknown as postgres.TransactionSql;
  }
}

/** The connection broke during a transaction. */
class ConnectionLost extends Error {
  readonly code = 'CONNECTION_CLOSED';

  constructor() {
    super('The connection to the database was lost.');
  }
}

/** Connections for transactions, made when they are needed, up to so many; who comes when all are busy waits. */
export class Lines {
  readonly #make: () => Line;
  readonly #most: number;
  readonly #idle: Line[] = [];
  readonly #waiting: ((line: Line) => void)[] = [];
  #open = 0;

  constructor(url: string, options: Options, most: number) {
    this.#make = () => new Line(url, options);
    this.#most = most;
  }

  /** Runs `work` in a transaction on a connection that nobody else uses meanwhile. */
  async begin<T>(kind: string, work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
    const line = await this.#take();
    try {
      return await line.transaction(kind, work);
    } finally {
      this.#giveBack(line);
    }
  }

  /** Ends the connections that are idle. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((line) => line.end()));
  }

  async #take(): Promise<Line> {
    for (let line = this.#idle.pop(); line !== undefined; line = this.#idle.pop()) {
      if (!line.isLost) return line;
      this.#discard(line);
    }
    if (this.#open >= this.#most) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#open += 1;
    return this.#make();
  }

  #giveBack(line: Line): void {
    let usable = line;
    if (line.isLost) {
      this.#discard(line);
      if (this.#waiting.length === 0) return;
      this.#open += 1;
      usable = this.#make();
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(usable);
    else next(usable);
  }

  #discard(line: Line): void {
    this.#open -= 1;
    void line.end();
  }
}
