import type { DataCentres } from './data-centres.ts';
import type { FloodGuard, FloodLimit } from './flood-guard.ts';
import type { NumberedChannel } from './numbered-channel.ts';
import type { SecretsFile } from './secrets-file.ts';
import type { Tally } from './tally.ts';

/** What an ad server works with. */
export interface AdServerOptions {
  readonly clicks: NumberedChannel;
  /** Where views go; without it they are answered and counted. */
  readonly views?: NumberedChannel;
  readonly secrets: SecretsFile;
  readonly dataCentres: DataCentres;
  readonly now: () => number;
  readonly chance: () => number;
  /** How the outside calls this server, without a slash at the end; else the address that it listens on. */
  readonly publicUrl?: string | undefined;
  readonly flood?: FloodLimit | undefined;
  /** Addresses of proxies whose X-Forwarded-For is believed, besides this machine's own. */
  readonly proxies?: ReadonlySet<string>;
}

/** What each door of an ad server has at hand. */
export interface Doorway {
  readonly options: AdServerOptions;
  readonly tally: Tally;
  readonly flood: FloodGuard;
  readonly viewFlood: FloodGuard;
}
