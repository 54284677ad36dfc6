import type postgres from 'postgres';
import { ConnectionLost, Line, type LineOptions } from './line.ts';

interface Waiting {
  readonly take: (line: Line) => void;
  readonly refuse: (error: Error) => void;
}

/** Connections, made when they are needed, up to so many; who comes when all are busy waits. */
export class Lines {
  readonly #make: () => Line;
  readonly #most: number;
  readonly #longestWaitMs: number | undefined;
  readonly #idle: Line[] = [];
  readonly #busy = new Set<Line>();
  readonly #waiting: Waiting[] = [];
  #isEnded = false;
  #emptied = (): void => undefined;

  constructor(url: string, options: LineOptions, most: number) {
    this.#make = () => new Line(url, options);
    this.#most = most;
    this.#longestWaitMs = options.longestQueryMs;
  }

  /** Runs `work` in a transaction on a connection that nobody else uses meanwhile. */
  begin<T>(kind: string, work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
    return this.#use((line) => line.transaction(kind, work));
  }

  /** Asks one query on a connection that nobody else uses meanwhile. */
  query<T>(ask: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
    return this.#use((line) => line.query(ask));
  }

  /** Takes no more; what is under way has so long to end (undefined: as long as it takes). */
  async end(patienceMs?: number): Promise<void> {
    this.#isEnded = true;
    for (const one of this.#waiting.splice(0)) one.refuse(new ConnectionLost('CONNECTION_CLOSED'));
    const idle = this.#idle.splice(0).map((line) => line.end());
    const giveUp = (): void => this.#busy.forEach((line) => void line.end());
    const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs);
    const emptied = Promise.withResolvers<void>();
    this.#emptied = emptied.resolve;
    if (this.#busy.size === 0) emptied.resolve();
    await Promise.all([...idle, emptied.promise]);
    clearTimeout(timer);
  }

  async #use<T>(work: (line: Line) => Promise<T>): Promise<T> {
    const line = await this.#take();
    try {
      return await work(line);
    } finally {
      this.#giveBack(line);
    }
  }

  async #take(): Promise<Line> {
    if (this.#isEnded) throw new ConnectionLost('CONNECTION_CLOSED');
    for (let line = this.#idle.pop(); line !== undefined; line = this.#idle.pop()) {
      if (!line.isLost) return this.#taken(line);
      void line.end();
    }
    return this.#busy.size < this.#most ? this.#taken(this.#make()) : this.#nextFree();
  }

  #taken(line: Line): Line {
    this.#busy.add(line);
    return line;
  }

  /** Rejects when none is free in the time that a query may take. */
  async #nextFree(): Promise<Line> {
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const place = { take: resolve, refuse: reject };
    this.#waiting.push(place);
    const giveUp = (): void => {
      const index = this.#waiting.indexOf(place);
      if (index >= 0) this.#waiting.splice(index, 1);
      reject(new ConnectionLost('QUERY_TIMEOUT'));
    };
    const timer = this.#longestWaitMs === undefined ? undefined : setTimeout(giveUp, this.#longestWaitMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #giveBack(line: Line): void {
    this.#busy.delete(line);
    if (line.isLost || this.#isEnded) void line.end();
    const next = this.#waiting.shift();
    if (next !== undefined) next.take(this.#taken(line.isLost ? this.#make() : line));
    else if (!line.isLost) this.#idle.push(line);
    if (this.#busy.size === 0) this.#emptied();
  }
}
