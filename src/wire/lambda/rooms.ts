import type { Clock } from '../../base/clock.ts';
import type { Inboxes } from '../../dispatch/inboxes.ts';
import type { Mappings } from '../../dispatch/mappings.ts';
import type { Invoker } from '../../environment/invoke.ts';
import type { Allowance } from '../../function/allowance.ts';
import type { Aliases } from '../../function/aliases.ts';
import type { CodeSigningConfigs } from '../../function/code-signing.ts';
import type { EventInvokes } from '../../function/event-invoke.ts';
import type { FunctionRecord } from '../../function/function.ts';
import type { FunctionUrl, FunctionUrls } from '../../function/function-urls.ts';
import type { Functions } from '../../function/functions.ts';
import type { Policies } from '../../function/policies.ts';
import type { Layers } from '../../function/layers.ts';
import type { Versions } from '../../function/versions.ts';
import type { CodeLinks } from './code-links.ts';

/** What the Lambda door's operations work with. */
export interface LambdaRooms {
  readonly functions: Functions;
  readonly versions: Versions;
  readonly aliases: Aliases;
  readonly layers: Layers;
  readonly codeSigning: Pick<
    CodeSigningConfigs,
    'get' | 'list' | 'create' | 'change' | 'tag' | 'delete' | 'whileThere'
  >;
  readonly eventInvokes: Pick<EventInvokes, 'get' | 'of' | 'change' | 'delete'>;
  readonly policies: Pick<Policies, 'get' | 'change'>;
  readonly urls: Pick<FunctionUrls, 'get' | 'of' | 'create' | 'change' | 'delete'>;
  /** A URL as clients call it; it answers from now on. */
  readonly urlText: (url: FunctionUrl) => Promise<string>;
  /** How many environments of a version there are, and whether its last start failed. */
  readonly standing: (version: FunctionRecord) => {
    readonly started: number;
    readonly failure?: 'not-started' | 'no-memory';
  };
  readonly allowance: Allowance;
  readonly invoker: Invoker;
  readonly inboxes: Pick<Inboxes, 'post'>;
  readonly mappings: Mappings;
  readonly clock: Clock;
  readonly codeLinks: CodeLinks;
  /** What links begin with; unset: as the client reached us. */
  readonly publicOrigin?: string | undefined;
  /** The runtimes that functions may name. */
  readonly runtimeIds: readonly string[];
  /** How many invocations of the account may run at once. */
  readonly concurrencyLimit: number;
}
