import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { BlobStore } from '../store/blob.ts';
import type { Catalog } from '../store/catalog.ts';
import type { Tell } from '../watch/event.ts';
import { AliasProvisions } from './alias-provisions.ts';
import type { Aliases } from './aliases.ts';
import { openBelongings, type Belongings } from './belongings.ts';
import { CatalogAliases } from './catalog-aliases.ts';
import { CatalogLayers } from './catalog-layers.ts';
import { CatalogVersions } from './catalog-versions.ts';
import type { CodeFolders } from './code-folders.ts';
import { CodeSigningConfigs } from './code-signing.ts';
import { EventInvokes } from './event-invoke.ts';
import { FunctionChanges } from './function-changes.ts';
import { FunctionListeners } from './function-listeners.ts';
import { FunctionRecords } from './function-records.ts';
import { FunctionUrls } from './function-urls.ts';
import { LATEST, type FunctionKey } from './function.ts';
import { keptHashes, KeptCode } from './kept-code.ts';
import type { Layers } from './layers.ts';
import { removeOrphans } from './orphans.ts';
import { Policies } from './policies.ts';
import { Preparation } from './preparation.ts';
import type { Runtimes } from './runtime/runtimes.ts';
import { Turns } from './turns.ts';

/** What functions are opened on. */
export interface FunctionGround {
  readonly catalog: Catalog;
  readonly blobs: BlobStore;
  readonly code: CodeFolders;
  readonly runtimes: Runtimes;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
}

/** What stands in the catalog, as it was read. */
interface Read {
  readonly records: FunctionRecords;
  readonly belongings: Belongings;
  readonly layers: Layers;
  readonly codeSigning: CodeSigningConfigs;
  readonly kept: KeptCode;
  readonly turns: Turns;
}

/** What the functions of a platform consist of. */
export interface FunctionParts extends Read {
  readonly listeners: FunctionListeners;
  readonly changes: FunctionChanges;
  readonly preparation: Preparation;
  readonly provisions: AliasProvisions;
  readonly versions: CatalogVersions;
  readonly aliases: Aliases;
  readonly eventInvokes: EventInvokes;
  readonly policies: Policies;
  readonly urls: FunctionUrls;
}

/** Reads the catalog, and removes what a kill left of deletions and uploads. */
export async function openFunctionParts(ground: FunctionGround): Promise<FunctionParts> {
  const { catalog } = ground;
  const records = await FunctionRecords.open(catalog);
  const turns = new Turns();
  const kept = new KeptCode({ ...ground, turns });
  kept.keepFor(() => records.all().flatMap(keptHashes));
  const layers = await CatalogLayers.open({ ...ground, kept, turns });
  const codeSigning = await CodeSigningConfigs.open({ ...ground, turns });
  const belongings = await openBelongings(catalog);
  await removeOrphans(records, belongings);
  await kept.freeZips();
  const parts = assemble(ground, { records, belongings, layers, codeSigning, kept, turns });
  await parts.provisions.followAll();
  return parts;
}

function assemble(ground: FunctionGround, read: Read): FunctionParts {
  const { records, belongings, turns, kept } = read;
  const { aliases, ofQualifiers } = belongings;
  const { clock, random } = ground;
  const listeners = new FunctionListeners();
  const told: FunctionListeners['tell'] = (call) => listeners.tell(call);
  const shared = { functions: records, aliases, ofQualifiers, turns, clock, random };
  const preparation = new Preparation({
    ...{ ...ground, records, turns },
    changed: (now, before) => told((listener) => listener.changed?.(now, before)),
  });
  const provisions = new AliasProvisions({ functions: records, aliases, told });
  const versions = new CatalogVersions({
    ...{ ...shared, told },
    prepare: (record) => preparation.begin(record),
    forget: (record) => kept.forget(keptHashes(record)),
  });
  return {
    ...{ ...read, listeners, preparation, provisions, versions },
    changes: new FunctionChanges({ records, listeners, turns, clock, random }),
    aliases: new CatalogAliases({ ...shared, provisions }),
    eventInvokes: new EventInvokes(belongings.eventInvokes, turns),
    policies: new Policies(belongings.policies, turns, random),
    urls: openUrls(ground, read),
  };
}

function openUrls({ random }: FunctionGround, { records, belongings, turns }: Read): FunctionUrls {
  const { aliases, urls } = belongings;
  const isThere = (key: FunctionKey, name: string): boolean =>
    records.get(key) !== undefined && (name === LATEST || aliases.get(key, name) !== undefined);
  return new FunctionUrls({ records: urls, turns, random, isThere });
}
