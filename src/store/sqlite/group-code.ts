import { unreachable } from '../../base/assert.ts';
import { laneKeyOf } from '../../message/lane-key.ts';
import type { Change } from '../change.ts';
import { Packer, type Packed } from './packed.ts';

/** A group of changes as it crosses to the writing thread. `texts` are the definitions of queues, in order. */
export interface PackedGroup extends Packed {
  readonly atMs: number;
  readonly texts: readonly string[];
}

/** A group handed over to be committed, and how many full disks its sender had heard of by then. */
export interface HandedOver extends PackedGroup {
  readonly fullHeard: number;
}

/** The number that stands before the fields of each change. */
export const CHANGE_CODES = {
  'queue-written': 0,
  'queue-deleted': 1,
  purged: 2,
  'message-added': 3,
  'message-moved': 4,
  'message-removed': 5,
  counted: 6,
  'sends-remembered': 7,
} as const satisfies Record<Change['kind'], number>;

/** Packs a group. */
export function packGroup(group: readonly Change[], atMs: number): PackedGroup {
  const packer = new Packer();
  const texts: string[] = [];
  for (const change of group) {
    packer.number(CHANGE_CODES[change.kind]);
    packer.number(change.queue);
    packFields(packer, change, texts);
  }
  return { ...packer.packed(), atMs: Math.ceil(atMs), texts };
}

function packFields(packer: Packer, change: Change, texts: string[]): void {
  switch (change.kind) {
    case 'queue-written':
      texts.push(change.definition);
      return;
    case 'queue-deleted':
      return;
    case 'purged':
      return packer.number(change.throughOrder);
    case 'message-added':
      packer.number(change.order);
      packer.state(change.state);
      packer.number(Math.floor(change.message.sentAtMs));
      packer.number(change.message.sizeBytes);
      packer.number(laneKeyOf(change.message.groupId));
      return packer.message(change.message);
    case 'message-moved':
      packer.number(change.order);
      return packer.state(change.state);
    case 'message-removed':
      return packer.number(change.order);
    case 'sends-remembered': {
      const { firstOrder, atMs, keys } = change.sends;
      packer.number(firstOrder);
      packer.number(Math.floor(atMs));
      return packer.content(new Uint8Array(keys.buffer, keys.byteOffset, keys.byteLength));
    }
    case 'counted':
      packer.number(change.messages);
      return packer.number(change.nextOrder);
    default:
      unreachable(change);
  }
}
