import type { AliasSettings } from '../../function/aliases.ts';
import { LATEST } from '../../function/function.ts';
import type { Members } from '../members.ts';
import { invalidParameter } from './lambda-errors.ts';

/** How the service model spells what a version may be named in an alias. */
export const VERSION = { least: 1, most: 1024, pattern: /^(\$LATEST|[0-9]+)$/ } as const;

/** What a request gives of an alias, and nothing for what it does not; `null`: no second version. */
export interface GivenAlias {
  readonly version?: string;
  readonly description?: string;
  readonly additional?: AliasSettings['additional'] | null;
}

/** Reads `FunctionVersion`, `Description` and `RoutingConfig`. Ends the reading of `members`. */
export function readAlias(members: Members, required: boolean): GivenAlias {
  const version = members.text('FunctionVersion', { ...VERSION, required });
  const description = members.text('Description', { most: 256 });
  const routing = members.structure('RoutingConfig');
  const weights = routing?.numberMap('AdditionalVersionWeights');
  members.end();
  return {
    ...(version !== undefined && { version }),
    ...(description !== undefined && { description }),
    // An empty one takes the second version away.
    ...(routing !== undefined && { additional: readAdditional(weights ?? {}) }),
  };
}

/** Refuses two versions that cannot share an alias. */
export function checkRouting({ version, additional }: AliasSettings): void {
  if (additional === undefined) return;
  if (version === LATEST || additional.version === LATEST) {
    throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version');
  }
  if (version === additional.version) {
    throw invalidParameter(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
}

function readAdditional(
  weights: Readonly<Record<string, number>>,
): NonNullable<AliasSettings['additional']> | null {
  const [first, ...others] = Object.entries(weights);
  if (first === undefined) return null;
  const [version, weight] = first;
  if (others.length > 0) {
    throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
  if (!VERSION.pattern.test(version) || !(weight >= 0 && weight <= 1)) {
    throw invalidParameter('Additional version weights name a version and a share from 0.0 to 1.0.');
  }
  return { version, weight };
}
