/** What a function says of its answer before the body. */
export interface AnswerHead {
  readonly status: number;
  /** Names and values in turn, fit to be sent. */
  readonly headers: readonly string[];
}

/** Answers with these have no body, whatever the function says. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** What concerns the connection, or is the server's to say. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'date', 'keep-alive', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'x-amzn-requestid'],
]);

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;

/** Of all headers of one answer; clients take a few kilobytes. */
const LARGEST_HEADERS_BYTES = 65_536;

/** True for answers that end with their head. */
export function hasNoBody(status: number): boolean {
  return WITHOUT_BODY.has(status);
}

/**
 * Reads `statusCode`, `headers` and `cookies`; `contentType` is what the body is when they do not say. Undefined when one of them is
 * none: not the status of a final answer, or a header that would be more than one line.
 */
export function readAnswerHead(said: unknown, contentType: string): AnswerHead | undefined {
  if (typeof said !== 'object' || said === null) return undefined;
  const members = said as Readonly<Record<string, unknown>>;
  const status = readStatus(members['statusCode'] ?? 200);
  const given = readHeaders(members['headers'] ?? {});
  const cookies = readCookies(members['cookies'] ?? []);
  if (status === undefined || given === undefined || cookies === undefined) return undefined;
  const headers = [...given.values()].flat();
  if (!given.has('content-type') && !hasNoBody(status)) {
    if (!VALUE.test(contentType)) return undefined;
    headers.push('Content-Type', contentType);
  }
  for (const cookie of cookies) headers.push('Set-Cookie', cookie);
  const sizeBytes = headers.reduce((sum, text) => sum + text.length, 0);
  return sizeBytes > LARGEST_HEADERS_BYTES ? undefined : { status, headers };
}

function readStatus(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  const isOne = typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599;
  return isOne ? status : undefined;
}

/** By name in lower case; of two that differ by case alone the later one counts. */
function readHeaders(value: unknown): ReadonlyMap<string, readonly [string, string]> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const headers = new Map<string, readonly [string, string]>();
  for (const [name, said] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (said === null) continue;
    const text = typeof said === 'number' || typeof said === 'boolean' ? String(said) : said;
    if (typeof text !== 'string' || !NAME.test(name) || !VALUE.test(text)) return undefined;
    if (!NOT_ITS_OWN.has(name.toLowerCase())) headers.set(name.toLowerCase(), [name, text]);
  }
  return headers;
}

function readCookies(value: unknown): readonly string[] | undefined {
  const isCookie = (each: unknown): boolean => typeof each === 'string' && VALUE.test(each);
  return Array.isArray(value) && value.every(isCookie) ? (value as string[]) : undefined;
}
