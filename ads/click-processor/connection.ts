import type postgres from 'postgres';
import { connectTo } from './connect.ts';

/**
 * One connection, opened at the first query and again after it broke. No timer keeps it fresh: an environment that
 * is frozen between invocations runs none.
 */
export function connect(url: string, applicationName: string): postgres.Sql {
  return connectTo(url, {
    max: 1,
    max_lifetime: null,
    connection: { application_name: applicationName },
  });
}
