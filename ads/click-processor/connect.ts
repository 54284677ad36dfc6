import postgres from 'postgres';
import { arrayTypes } from './array-types.ts';
import { askedBy } from './asked.ts';
import type { LineOptions } from './line.ts';
import { Lines } from './lines.ts';

/** What a client is told; how long it waits for a connection is ten seconds when nothing is said. */
export type ConnectOptions = Omit<LineOptions, 'connectSeconds'> &
  Partial<Pick<LineOptions, 'connectSeconds'>> & { readonly max: number };

/**
 * A client whose queries and transactions end when their connection does, or when no answer comes in `longestQueryMs`.
 * Each has a connection to itself, which is thrown away when it is lost; up to `max` for queries, and as many for
 * transactions. Queries take no modifiers such as `cursor`.
 */
export function connectTo(url: string, options: ConnectOptions): postgres.Sql {
  const settings = {
    ...{ connectSeconds: 10, onnotice: () => undefined, fetch_types: false, types: arrayTypes() },
    ...options,
  };
  // Makes queries out of words; it never connects.
  const maker = postgres(url, { types: settings.types });
  const queries = new Lines(url, settings, options.max);
  const transactions = new Lines(url, settings, options.max);
  const begin = (...words: readonly unknown[]): Promise<unknown> => {
    const [kind, work] = words.length === 1 ? ['', words[0]] : words;
    return transactions.begin(String(kind), work as (sql: postgres.TransactionSql) => Promise<unknown>);
  };
  const end = async ({ timeout }: { readonly timeout?: number } = {}): Promise<void> => {
    const patienceMs = timeout === undefined ? undefined : timeout * 1000;
    await Promise.all([queries.end(patienceMs), transactions.end(patienceMs), maker.end({ timeout: 0 })]);
  };
  const unsafe = (text: string): unknown =>
    askedBy(maker.unsafe(text), () => queries.query((sql) => sql.unsafe(text)));
  const replaced: Readonly<Record<string | symbol, unknown>> = { begin, end, unsafe };
  return new Proxy(maker, {
    apply: (target, self, words: unknown[]) =>
      askedBy(Reflect.apply(target as Words, self, words), () =>
        queries.query((sql) => (sql as unknown as Words)(...words)),
      ),
    get: (target, name): unknown => replaced[name] ?? (Reflect.get(target, name) as unknown),
  });
}

type Words = (...words: unknown[]) => PromiseLike<unknown>;
