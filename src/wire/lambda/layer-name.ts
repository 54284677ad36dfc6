import type { LayerKey, LayerVersion } from '../../function/layer.ts';
import { parseLayerVersionArn } from '../../function/layer.ts';
import type { RestCall } from '../rest-protocol.ts';
import { brokenMember, invalidParameter, noSuchResource } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** The layer that a path names, by its name or its ARN. */
export function readLayerKey({ labels, caller }: RestCall): LayerKey {
  const text = labels['LayerName'] ?? '';
  const name = text.startsWith('arn:') ? parseLayerVersionArn(`${text}:1`)?.key : undefined;
  if (name !== undefined) return name;
  const { account, region } = caller;
  if (/^[a-zA-Z0-9-_]{1,140}$/.test(text)) return { account, region, name: text };
  throw brokenMember(
    'layerName',
    text,
    'Member must satisfy regular expression pattern: ' +
      '(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]{1,140}|' +
      '[a-zA-Z0-9-_]{1,140})',
  );
}

/** The number of a version that a path names. */
export function readVersionNumber({ labels }: RestCall): number {
  const text = labels['VersionNumber'] ?? '';
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw invalidParameter('Layer Version Cannot be less than 1');
}

/** The version that a path names; 404 when it is not there. */
export function existingLayer(call: RestCall, { layers }: LambdaRooms): LayerVersion {
  const layer = layers.get(readLayerKey(call), readVersionNumber(call));
  if (layer === undefined) throw noSuchResource();
  return layer;
}
