import { failed, ok, type Result } from '../../base/result.ts';
import type { TelemetryType } from './event.ts';

/** The API by which an extension has subscribed; each has words of its own for what it delivers. */
export type TelemetryApiName = 'telemetry' | 'logs';

/** Versions of what is delivered, as AWS names them. */
export type SchemaVersion = '2020-08-15' | '2021-03-18' | '2022-07-01' | '2022-12-13' | '2025-01-29';

/** Where to deliver, inside the environment. */
export type Destination =
  | {
      readonly protocol: 'HTTP';
      readonly port: number;
      readonly path: string;
      readonly method: 'POST' | 'PUT';
    }
  | { readonly protocol: 'TCP'; readonly port: number };

/** When a batch is delivered: as soon as one of these is reached. */
export interface Buffering {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** What an extension wants to be told of. */
export interface Subscription {
  readonly api: TelemetryApiName;
  readonly schemaVersion: SchemaVersion;
  readonly types: readonly TelemetryType[];
  readonly buffering: Buffering;
  readonly destination: Destination;
}

const VERSIONS: Readonly<Record<TelemetryApiName, readonly SchemaVersion[]>> = {
  telemetry: ['2022-07-01', '2022-12-13', '2025-01-29'],
  logs: ['2020-08-15', '2021-03-18'],
};
const TYPES: readonly TelemetryType[] = ['platform', 'function', 'extension'];
/** AWS's bounds, and what counts when nothing is said. */
const BOUNDS = {
  maxItems: { least: 1000, most: 10_000, usual: 10_000 },
  maxBytes: { least: 262_144, most: 1_048_576, usual: 262_144 },
  timeoutMs: { least: 25, most: 30_000, usual: 1000 },
} as const;
const HOSTS = ['sandbox.localdomain', 'sandbox'];
/** The Runtime API's, as on AWS. */
const RESERVED_PORT = 9001;

type Fields = Readonly<Record<string, unknown>>;

/** What was sent is none; `what` names everything that is wrong. */
export interface NoSubscription {
  readonly kind: 'no-subscription';
  readonly what: string;
}

/** Reads the body of a subscription. */
export function subscriptionIn(
  body: Uint8Array,
  api: TelemetryApiName,
): Result<Subscription, NoSubscription> {
  const asked = fieldsOf(parsed(body));
  if (asked === undefined) return failed({ kind: 'no-subscription', what: 'The body is no JSON object' });
  const wrong: string[] = [];
  const found = {
    api,
    schemaVersion: schemaVersionOf(asked, api, wrong),
    types: typesOf(asked, wrong),
    buffering: bufferingOf(asked, wrong),
    destination: destinationOf(asked, api, wrong),
  };
  return wrong.length === 0 ? ok(found) : failed({ kind: 'no-subscription', what: wrong.join('; ') });
}

/** The Logs API takes its older version when none is named. */
function schemaVersionOf({ schemaVersion }: Fields, api: TelemetryApiName, wrong: string[]): SchemaVersion {
  const [oldest = '2020-08-15'] = VERSIONS[api];
  if (schemaVersion === undefined && api === 'logs') return oldest;
  const known = VERSIONS[api].find((version) => version === schemaVersion);
  if (known === undefined) wrong.push(`schemaVersion must be one of ${VERSIONS[api].join(', ')}`);
  return known ?? oldest;
}

function typesOf({ types }: Fields, wrong: string[]): readonly TelemetryType[] {
  if (!Array.isArray(types) || types.length === 0) {
    wrong.push('types should not be empty');
    return [];
  }
  const known = TYPES.filter((type) => types.includes(type));
  const isKnown = types.every((type) => TYPES.some((each) => each === type));
  if (!isKnown) wrong.push(`types must be of ${TYPES.join(', ')}`);
  return known;
}

function bufferingOf({ buffering = {} }: Fields, wrong: string[]): Buffering {
  const asked = fieldsOf(buffering);
  if (asked === undefined) wrong.push('buffering must be an object');
  const read = (name: keyof Buffering): number => {
    const { least, most, usual } = BOUNDS[name];
    const value = asked?.[name] ?? usual;
    const isWithin = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
    if (!isWithin) wrong.push(`buffering.${name} must be a whole number from ${least} to ${most}`);
    return Number(value);
  };
  return { maxItems: read('maxItems'), maxBytes: read('maxBytes'), timeoutMs: read('timeoutMs') };
}

function destinationOf({ destination }: Fields, api: TelemetryApiName, wrong: string[]): Destination {
  const asked = fieldsOf(destination);
  const nowhere: Destination = { protocol: 'TCP', port: 0 };
  if (asked === undefined) wrong.push('destination must be an object');
  else if (asked['protocol'] === 'TCP') return { protocol: 'TCP', port: portOf(asked['port'], wrong) };
  else if (asked['protocol'] === 'HTTP') return httpOf(asked, api, wrong);
  else wrong.push('destination.protocol must be HTTP or TCP');
  return nowhere;
}

function httpOf(
  { URI, method = 'POST', encoding }: Fields,
  api: TelemetryApiName,
  wrong: string[],
): Destination {
  const uri = typeof URI === 'string' ? urlOf(URI) : undefined;
  if (uri?.protocol !== 'http:') wrong.push('destination.URI must be an http URI');
  else if (!HOSTS.includes(uri.hostname))
    wrong.push('destination.URI must have the host sandbox.localdomain');
  else if (uri.port === '') wrong.push('URI port is not provided');
  else portOf(Number(uri.port), wrong);
  const mayChoose = api === 'logs' && (method === 'POST' || method === 'PUT');
  if (!mayChoose && method !== 'POST') wrong.push('destination.method must be POST or, in the Logs API, PUT');
  if (encoding !== undefined && encoding !== 'JSON') wrong.push('destination.encoding must be JSON');
  const path = uri === undefined ? '/' : uri.pathname + uri.search;
  return { protocol: 'HTTP', port: Number(uri?.port), path, method: method === 'PUT' ? 'PUT' : 'POST' };
}

function portOf(value: unknown, wrong: string[]): number {
  const port = Number(value);
  if (!Number.isInteger(value) || port < 1 || port > 65_535 || port === RESERVED_PORT) {
    wrong.push(`The port must be from 1 to 65535 and not ${RESERVED_PORT}`);
  }
  return port;
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
