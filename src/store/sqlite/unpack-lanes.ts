import type { LanePage } from '../queue-store.ts';
import { unpackParts } from './lane-parts.ts';
import type { PackedLanePage } from './lane-reader.ts';
import { PackedMessages } from './unpack-messages.ts';

/** A page of lanes from the reading thread; its messages are made when they are asked for. */
export function unpackLanePage({ parts, lastOrder, isLast, nextMs, ...packed }: PackedLanePage): LanePage {
  const messages = new PackedMessages(packed);
  return {
    ...{ messages, orders: messages.orders(), sizeBytes: messages.sizeBytes },
    ...{ parts: unpackParts(parts), lastOrder, isLast, nextVisibleAtMs: nextMs },
  };
}
