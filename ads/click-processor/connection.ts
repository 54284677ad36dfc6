import postgres from 'postgres';

/**
 * One connection, opened at the first query and again after it broke. No timer keeps it fresh: an environment that
 * is frozen between invocations runs none.
 */
export function connect(url: string, applicationName: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    connect_timeout: 10,
    max_lifetime: null,
    onnotice: () => undefined,
    connection: { application_name: applicationName },
  });
}
