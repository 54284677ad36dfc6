import postgres from 'postgres';
import { arrayTypes } from './array-types.ts';
import { Lines } from './lines.ts';

type Options = postgres.Options<Record<string, postgres.PostgresType>>;

/**
 * A client whose transactions end when their connection does. The driver's own `begin` (3.4.9) sends what follows a loss
 * on a socket that is gone, which ends the process, or on the next connection, outside of any transaction
 * (porsager/postgres, issues 1208 and 1216). Here each transaction has a connection to itself, which is thrown away when
 * it is lost. Single queries use the driver's pool.
 */
export function connectTo(url: string, options: Options & { readonly max: number }): postgres.Sql {
  const settings = {
    ...{ connect_timeout: 10, onnotice: () => undefined, fetch_types: false, types: arrayTypes() },
    ...options,
  };
  const pool = postgres(url, settings);
  const lines = new Lines(url, settings, options.max);
  const begin = (...words: readonly unknown[]): Promise<unknown> => {
    const [kind, work] = words.length === 1 ? ['', words[0]] : words;
    return lines.begin(String(kind), work as (sql: postgres.TransactionSql) => Promise<unknown>);
  };
  const end = async (how?: { readonly timeout?: number }): Promise<void> => {
    await Promise.all([lines.end(), pool.end(how)]);
  };
  return new Proxy(pool, {
    get: (target, name): unknown => {
      if (name === 'begin') return begin;
      return name === 'end' ? end : (Reflect.get(target, name) as unknown);
    },
  });
}
