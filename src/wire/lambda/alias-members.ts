import type { AliasSettings } from '../../function/aliases.ts';
import { LATEST } from '../../function/function.ts';
import type { Members } from '../members.ts';
import { brokenMap, invalidParameter } from './lambda-errors.ts';

/** How the service model spells what a version may be named in an alias. */
export const VERSION = { least: 1, most: 1024, pattern: /^(\$LATEST(\.PUBLISHED)?|[0-9]+)$/ } as const;

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
  checkWeights(weights);
  if (others.length > 0) {
    throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
  return { version, weight };
}

/** Refuses, in the words of the service model, what is no published version or no share of all invocations. */
function checkWeights(weights: Readonly<Record<string, number>>): void {
  const entries = Object.entries(weights);
  const shown = Object.fromEntries(entries.map(([version, weight]) => [version, asDouble(weight)]));
  const member = 'routingConfig.additionalVersionWeights';
  if (entries.some(([version]) => !/^[0-9]{1,1024}$/.test(version)))
    throw brokenMap(member, shown, 'keys', KEYS);
  if (entries.some(([, weight]) => !(weight >= 0 && weight <= 1)))
    throw brokenMap(member, shown, 'value', WEIGHTS);
}

const KEYS = [
  'Member must have length less than or equal to 1024',
  'Member must have length greater than or equal to 1',
  'Member must satisfy regular expression pattern: [0-9]+',
  'Member must not be null',
];
const WEIGHTS = [
  'Member must have value less than or equal to 1.0',
  'Member must have value greater than or equal to 0.0',
  'Member must not be null',
];

/** As AWS writes it: `1` is `1.0`. */
function asDouble(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
