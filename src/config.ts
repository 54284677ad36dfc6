import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { readKeyFile } from './access/key-file.ts';
import { failed, ok, type Result } from './base/result.ts';

/** Which walls environments run behind; `auto` takes the strongest this machine can hold. */
export type Isolation = 'auto' | 'bubblewrap' | 'bare';

/** How environments share the processors: in proportion (`weight`), or each with no more than its share (`quota`). */
export type CpuSharing = 'weight' | 'quota';

/** Everything that is decided before the platform starts; never changed afterwards. */
export interface Config {
  /** Absolute path of the data directory. */
  readonly dataDirectory: string;
  /** Absolute path of the folder for what runtimes bring from elsewhere; all platforms of this user share it. */
  readonly cacheDirectory: string;
  /** IP address to listen on. */
  readonly listenAddress: string;
  /** 0: any free port. */
  readonly port: number;
  /** Twelve digits: whose queues and functions a request means that does not say. */
  readonly account: string;
  readonly region: string;
  readonly isolation: Isolation;
  readonly cpuSharing: CpuSharing;
  /** How long an unused environment is kept. */
  readonly idleEnvironmentMs: number;
  /** How many invocations may run at once. */
  readonly concurrencyLimit: number;
  /** How many connections may be open at each port; further ones are answered 503. */
  readonly connectionsLimit: number;
  /** How many receives may wait for messages at once; further ones are answered 503. */
  readonly waitingReceivesLimit: number;
  /** Bytes of requests' bodies that may be in memory at once; further ones are answered 503. */
  readonly bodiesSizeBytes: number;
  /** Whether queues are purged, and names of deleted queues used again, only 60 seconds later, as with AWS. */
  readonly imposesWaits: boolean;
  /** Absolute path of the file of access keys. */
  readonly keysFile: string;
  /** Whether each request must be signed with one of them: when other machines are let in, or a file was named. */
  readonly demandsKeys: boolean;
  /** Below which names of function URLs stand (`<id>.lambda-url.<region>.<domain>`), besides `localhost`. */
  readonly urlDomain?: string;
  /** Given: TLS is spoken at the port. Absolute paths of certificate and key. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** What addresses begin with that clients are given; not given: as each client reached us. `https://queues.example.org` */
  readonly publicOrigin?: string;
}

/** What the command line gave: text as typed, absent when not given. */
export interface Flags {
  readonly data?: string;
  readonly cache?: string;
  readonly listen?: string;
  readonly port?: string;
  readonly account?: string;
  readonly region?: string;
  readonly isolation?: string;
  readonly cpu?: string;
  readonly idle?: string;
  readonly concurrency?: string;
  readonly connections?: string;
  readonly polls?: string;
  readonly bodies?: string;
  readonly waits?: string;
  readonly keys?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly publicUrl?: string;
  readonly urlDomain?: string;
}

/** Why the platform does not start. `what` is a sentence that says what to change. */
export interface ConfigRefused {
  readonly kind: 'config-refused';
  readonly what: string;
}

/** The variables of the process; read here and nowhere else. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The process's own variables. */
export function processVariables(): Variables {
  return process.env;
}

/**
 * Flags first, then `MILLRACE_…` variables, then defaults.
 * Contradictions and unreadable values refuse to start, with a sentence.
 */
export function readConfig(flags: Flags, variables: Variables): Result<Config, ConfigRefused> {
  try {
    return ok(Object.freeze(decide(flags, variables)));
  } catch (error) {
    if (error instanceof Refused) return failed({ kind: 'config-refused', what: error.message });
    throw error;
  }
}

class Refused extends Error {}

function decide(flags: Flags, variables: Variables): Config {
  const given = (flag: keyof Flags): string | undefined => givenBy(flags, variables, flag);
  const listenAddress = address(given('listen') ?? '127.0.0.1');
  const ways = publicWays(given('publicUrl'), given('urlDomain'));
  const config: Config = {
    dataDirectory: dataDirectory(flags, variables),
    cacheDirectory: resolve(given('cache') ?? ownFolder(variables, 'XDG_CACHE_HOME', '.cache')),
    listenAddress,
    port: wholeNumber('port', given('port') ?? '4566', 0, 65_535),
    account: account(given('account') ?? '000000000000'),
    region: region(given('region') ?? 'us-east-1'),
    isolation: isolation(given('isolation') ?? 'auto'),
    cpuSharing: cpuSharing(given('cpu') ?? 'weight'),
    idleEnvironmentMs: wholeNumber('idle', given('idle') ?? '300', 0, 86_400) * 1000,
    concurrencyLimit: wholeNumber('concurrency', given('concurrency') ?? '1000', 1, 100_000),
    connectionsLimit: wholeNumber('connections', given('connections') ?? '20000', 1, 1_000_000),
    waitingReceivesLimit: wholeNumber('polls', given('polls') ?? '20000', 1, 1_000_000),
    bodiesSizeBytes: wholeNumber('bodies', given('bodies') ?? '512', 16, 65_536) * 1024 * 1024,
    imposesWaits: imposesWaits(given('waits') ?? 'none'),
    keysFile: keysFileOf(flags, variables),
    demandsKeys:
      given('keys') !== undefined || !isLoopback(listenAddress) || wayFromElsewhere(ways) !== undefined,
    ...tls(given('tlsCert'), given('tlsKey')),
    ...ways,
  };
  if (config.demandsKeys) demandKeys(config, given('keys') !== undefined);
  return config;
}

function tls(certFile: string | undefined, keyFile: string | undefined): Pick<Config, 'tls'> {
  if (certFile === undefined && keyFile === undefined) return {};
  if (certFile !== undefined && keyFile !== undefined)
    return { tls: { certFile: resolve(certFile), keyFile: resolve(keyFile) } };
  throw new Refused('TLS takes both, --tls-cert FILE and --tls-key FILE; only one was given.');
}

/** How clients come whose way is the operator's to say. */
type PublicWays = Pick<Config, 'publicOrigin' | 'urlDomain'>;

function publicWays(url: string | undefined, domain: string | undefined): PublicWays {
  const [publicOrigin, urlDomain] = [origin(url), domainName(domain)];
  return {
    ...(publicOrigin !== undefined && { publicOrigin }),
    ...(urlDomain !== undefined && { urlDomain }),
  };
}

function domainName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const domain = text.toLowerCase();
  const isDomain = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?$/.test(domain);
  if (isDomain && domain.length <= 180) return domain;
  throw new Refused(`--url-domain takes a domain's name, such as functions.example.com; got "${text}".`);
}

/** Refuses to start where keys are demanded and there are none. */
function demandKeys({ keysFile, listenAddress, ...ways }: Config, isNamed: boolean): void {
  const keys = isNamed || existsSync(keysFile) ? readKeyFile(keysFile) : undefined;
  if (keys?.ok === false) throw new Refused(keys.failure.what);
  if (keys !== undefined && keys.value.size > 0) return;
  let why = `${keysFile} holds no access keys`;
  const elsewhere = wayFromElsewhere(ways);
  if (elsewhere !== undefined) why = `${elsewhere} lets other machines in`;
  if (!isLoopback(listenAddress)) why = `Listening on ${listenAddress} lets other machines in`;
  throw new Refused(
    `${why}: make an access key with "millrace keys add" or name a file of them with --keys FILE, ` +
      'or listen on 127.0.0.1 without one.',
  );
}

/** The file of access keys that is named, or the one in the data directory. */
export function keysFileOf(flags: Flags, variables: Variables): string {
  return resolve(
    givenBy(flags, variables, 'keys') ?? join(dataDirectory(flags, variables), 'access', 'keys.json'),
  );
}

function dataDirectory(flags: Flags, variables: Variables): string {
  return resolve(givenBy(flags, variables, 'data') ?? ownFolder(variables, 'XDG_DATA_HOME', '.local/share'));
}

function givenBy(flags: Flags, variables: Variables, flag: keyof Flags): string | undefined {
  return flags[flag] ?? variables[`MILLRACE_${flag.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`];
}

/** True for addresses that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** An address or domain of this server by which other machines may come: the way may be a proxy's. */
function wayFromElsewhere({ publicOrigin, urlDomain }: PublicWays): string | undefined {
  if (publicOrigin !== undefined && leadsElsewhere(new URL(publicOrigin).hostname)) return publicOrigin;
  return urlDomain !== undefined && leadsElsewhere(urlDomain) ? urlDomain : undefined;
}

function leadsElsewhere(host: string): boolean {
  const name = host.replaceAll(/[[\]]/g, '');
  return name !== 'localhost' && !name.endsWith('.localhost') && !isLoopback(name);
}

function origin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && [url.origin, `${url.origin}/`].includes(text.toLowerCase());
  if (isOrigin && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Refused(`--public-url takes an address such as https://queues.example.org:4566; got "${text}".`);
}

function ownFolder(variables: Variables, variable: string, belowHome: string): string {
  const base = variables[variable];
  return join(base && base.length > 0 ? base : join(homedir(), belowHome), 'millrace');
}

function address(text: string): string {
  if (text === 'localhost') return '127.0.0.1';
  if (isIP(text) === 0) throw new Refused(`--listen takes an IP address, such as 127.0.0.1; got "${text}".`);
  return text;
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  const fits = /^\d+$/.test(text) && value >= least && value <= most;
  if (!fits) throw new Refused(`--${flag} takes a whole number from ${least} to ${most}; got "${text}".`);
  return value;
}

function account(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new Refused(`--account takes twelve digits; got "${text}".`);
  return text;
}

function region(text: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) {
    throw new Refused(`--region takes a region's name, such as us-east-1; got "${text}".`);
  }
  return text;
}

function isolation(text: string): Isolation {
  if (text === 'auto' || text === 'bubblewrap' || text === 'bare') return text;
  throw new Refused(`--isolation takes auto, bubblewrap or bare; got "${text}".`);
}

function imposesWaits(text: string): boolean {
  if (text === 'aws' || text === 'none') return text === 'aws';
  throw new Refused(`--waits takes none or aws; got "${text}".`);
}

function cpuSharing(text: string): CpuSharing {
  if (text === 'weight' || text === 'quota') return text;
  throw new Refused(`--cpu takes weight or quota; got "${text}".`);
}
