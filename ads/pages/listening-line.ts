import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

/** The channel by which the ledger tells of its changes (`migrations/010-changes.sql`). */
const CHANNEL = 'ledger_changed';
/** What lines themselves say begins so. */
const LINES = 'line:';

/** One connection that hears of the changes of the ledger; it is given up when it is lost. */
export class ListeningLine {
  readonly #client: postgres.Sql;
  readonly #lost = Promise.withResolvers<never>();
  /** Tells this line's own sound apart from those of others. */
  readonly #name = `${LINES}${randomUUID()}`;
  #heardItself: (() => void) | undefined;

  /** To the server of `sql`. `hear` gets what each change says. */
  constructor({ options }: postgres.Sql, hear: (says: string) => void) {
    // The driver's own listening comes back by itself, and says nothing when it does not.
    this.#lost.promise.catch(() => undefined);
    const settings = {
      ...options,
      ...{ max: 1, idle_timeout: null, max_lifetime: null, fetch_types: false },
      connection: { ...options.connection, application_name: 'ads: changes of the ledger' },
      onclose: () => this.#lost.reject(new Error('The connection to the ledger was lost.')),
      onnotify: (_channel: string, says: string) => {
        if (says === this.#name) this.#heardItself?.();
        else if (!says.startsWith(LINES)) hear(says);
      },
    };
    this.#client = postgres(settings as unknown as postgres.Options<Record<string, postgres.PostgresType>>);
  }

  /** Rejects when the connection is lost; never resolves. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  /** Resolves when every change that is committed from now on will be heard. */
  async listen(): Promise<void> {
    await Promise.race([this.#client.unsafe(`LISTEN ${CHANNEL}`), this.lost]);
  }

  /**
   * Resolves with a time of the database (ms) when everything that was committed before it has been heard: what this
   * line says itself comes after that, for notifications come in the order of commits. Rejects when nothing is heard within `patienceMs`.
   */
  async completeUpTo(patienceMs: number): Promise<number> {
    const heard = new Promise<void>((resolve) => (this.#heardItself = resolve));
    const said = this.#client<{ now: number }[]>`
      SELECT floor(extract(epoch FROM now()) * 1000)::float8 AS now, pg_notify(${CHANNEL}, ${this.#name})`;
    const deadline = AbortSignal.timeout(patienceMs);
    const tooLate = new Promise<never>((_, reject) =>
      deadline.addEventListener('abort', () => reject(new Error('Nothing is heard of the ledger.'))),
    );
    const [[row]] = await Promise.race([Promise.all([said, heard]), tooLate, this.lost]);
    return row?.now ?? 0;
  }

  /** Nothing is heard any more. */
  async end(): Promise<void> {
    await this.#client.end({ timeout: 0 }).catch(() => undefined);
  }
}
