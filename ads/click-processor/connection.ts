import type postgres from 'postgres';
import { connectTo } from './connect.ts';

/** Shorter than an invocation may take: what went wrong is then told, and the environment lives on. */
const LONGEST_QUERY_MS = 10_000;

/**
 * One connection for transactions and one for single queries, opened at the first and again after they broke. No timer
 * keeps them fresh: an environment that is frozen between invocations runs none.
 */
export function connect(url: string, applicationName: string): postgres.Sql {
  return connectTo(url, {
    max: 1,
    longestQueryMs: LONGEST_QUERY_MS,
    connection: { application_name: applicationName },
  });
}
