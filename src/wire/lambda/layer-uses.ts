import { layerVersionArn, parseLayerVersionArn, type LayerUse } from '../../function/layer.ts';
import type { Layers } from '../../function/layers.ts';
import { brokenMember, invalidParameter } from './lambda-errors.ts';

/** How many layers a function may have (AWS). */
const MOST_LAYERS = 5;

/** What the service model says of each ARN. */
const OF_ARNS: readonly string[] = [
  'Member must have length less than or equal to 2048',
  'Member must have length greater than or equal to 1',
  'Member must satisfy regular expression pattern: ' +
    '((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|' +
    '(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))',
  'Member must not be null',
];

/** The layers that a function's configuration names by ARN. @throws for one that is not there or does not fit. */
export function layerUses(
  arns: readonly string[],
  layers: Pick<Layers, 'get'>,
  region: string,
): readonly LayerUse[] {
  if (arns.length > MOST_LAYERS) {
    throw invalidParameter(`Cannot reference more than ${MOST_LAYERS} layers.`);
  }
  const uses = arns.map((arn) => layerUse(arn, layers, region));
  const byLayer = new Map<string, string>();
  for (const { arn } of uses) {
    const layer = arn.slice(0, arn.lastIndexOf(':'));
    const other = byLayer.get(layer);
    if (other !== undefined) throw invalidParameter(sameLayerTwice(other, arn));
    byLayer.set(layer, arn);
  }
  return uses;
}

function layerUse(arn: string, layers: Pick<Layers, 'get'>, region: string): LayerUse {
  const named = parseLayerVersionArn(arn);
  if (named === undefined) {
    throw brokenMember('layers', `[${arn}]`, `Member must satisfy constraint: [${OF_ARNS.join(', ')}]`);
  }
  if (named.key.region !== region) {
    throw invalidParameter(
      `Layers are not in the same region as the function. Layers are expected to be in region ${region}.`,
    );
  }
  const found = layers.get(named.key, named.version);
  if (found === undefined) throw invalidParameter(`Layer version ${arn} does not exist.`);
  const { sha256, sizeBytes, unpackedBytes } = found;
  return { arn: layerVersionArn(found), sha256, sizeBytes, unpackedBytes };
}

function sameLayerTwice(one: string, other: string): string {
  return one === other
    ? `The same layer version is referenced twice in the same function: ${one}`
    : `Two different versions of the same layer are not allowed to be referenced in the same function. ${one} and ${other} are versions of the same layer.`;
}
