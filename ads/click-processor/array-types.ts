import type postgres from 'postgres';

/** PostgreSQL's numbers of the arrays that are used here. */
const OIDS = { int4: 1007, int8: 1016, text: 1009, date: 1182, uuid: 2951 } as const;

/**
 * How arrays travel. The driver would ask the database for it when it connects, and a loss of the connection at that
 * moment would end the process: nobody waits for that question.
 */
export function arrayTypes(): Record<string, postgres.PostgresType> {
  return Object.fromEntries(
    Object.entries(OIDS).map(([name, oid]) => [
      `${name}Array`,
      { to: oid, from: [oid], serialize: writeArray, parse: name === 'int4' ? readNumbers : readArray },
    ]),
  );
}

/** `{"a","b"}`, as PostgreSQL reads it. */
function writeArray(values: readonly (string | number | null)[]): string {
  const written = values.map((value) =>
    value === null ? 'NULL' : `"${String(value).replace(/[\\"]/g, '\\$&')}"`,
  );
  return `{${written.join(',')}}`;
}

/** The elements of an array without arrays in it. */
function readArray(text: string): readonly (string | null)[] {
  const elements = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs);
  return [...elements].map(([, quoted, plain]) =>
    quoted === undefined ? (plain === 'NULL' ? null : (plain ?? '')) : quoted.replace(/\\(.)/gs, '$1'),
  );
}

function readNumbers(text: string): readonly (number | null)[] {
  return readArray(text).map((element) => (element === null ? null : Number(element)));
}
