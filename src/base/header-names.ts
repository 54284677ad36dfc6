/** Names of headers that requests commonly have. */
const COMMON = [
  'accept',
  'accept-encoding',
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'lambda-runtime-aws-request-id',
  'lambda-runtime-function-response-mode',
  'user-agent',
  'x-amz-client-context',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-invocation-type',
  'x-amz-log-type',
  'x-amz-security-token',
  'x-amz-target',
  'x-amz-user-agent',
  'x-amzn-query-mode',
  'x-amzn-trace-id',
];

/** Headers that say more than a plain head may. */
const BEYOND: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'trailer',
  'te',
  'proxy-connection',
  '__proto__',
]);

/** Places of the table: so many that hardly any two names meet. */
const PLACES = 512;

/** Each byte that a name may hold in lower case, as a number that is not zero; 0 for all others. */
export const NAME_BYTES: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte);
  return /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(text) ? text.toLowerCase().charCodeAt(0) : 0;
});

const TABLE: readonly (string | undefined)[] = tableOf(COMMON);

/** The hash of a name's bytes in lower case, one more taken in. */
export function hashOnwards(hash: number, lowerByte: number): number {
  return (Math.imul(hash, 31) + lowerByte) | 0;
}

/**
 * The name that stands in a text, in lower case; a common one is not made anew. `hash` is that of its bytes in lower case.
 * Undefined for one that no plain head has.
 */
export function headerName(text: string, from: number, to: number, hash: number): string | undefined {
  const common = TABLE[hash & (PLACES - 1)];
  if (common !== undefined && isSame(common, text, from, to)) return common;
  const name = text.slice(from, to).toLowerCase();
  return BEYOND.has(name) ? undefined : name;
}

function isSame(name: string, text: string, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let at = from; at < to; at += 1) {
    if (NAME_BYTES[text.charCodeAt(at)] !== name.charCodeAt(at - from)) return false;
  }
  return true;
}

/** Of two names that meet the first has the place. */
function tableOf(names: readonly string[]): (string | undefined)[] {
  const table = Array.from<string | undefined>({ length: PLACES }).fill(undefined);
  for (const name of names) {
    let hash = 0;
    for (let at = 0; at < name.length; at += 1) hash = hashOnwards(hash, name.charCodeAt(at));
    table[hash & (PLACES - 1)] ??= name;
  }
  return table;
}
