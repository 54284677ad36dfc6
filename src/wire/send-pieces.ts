import type { Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';

/** The way to the client, and how long it may take to read. */
export interface PieceWay {
  readonly outgoing: Writable;
  /** Writes one piece; false when the client should read first. */
  readonly write: (piece: Uint8Array) => boolean;
  readonly clock: Clock;
  readonly unreadAnswerMs: number;
}

/** Thrown by who makes pieces when an answer that has begun cannot be ended, through no fault of ours: it is cut, and that is all. */
export class CutAnswer extends Error {
  override readonly name = 'CutAnswer';
}

/**
 * Writes pieces as they come, each when the client has room for it; resolves when all are written or the client is
 * gone. Who makes them learns that it is gone by being left. Only cutting the connection tells the client that pieces are
 * missing: that is what happens when making them fails, which is thrown.
 */
export async function sendPieces(pieces: AsyncIterable<Uint8Array>, way: PieceWay): Promise<void> {
  const { outgoing, write } = way;
  try {
    for await (const piece of pieces) {
      if (outgoing.destroyed) break;
      if (!write(piece)) await room(way);
    }
  } catch (error) {
    outgoing.destroy();
    throw error;
  }
}

/** Resolves when the client has read what was written, or is gone; one that does not read is cut off. */
async function room({ outgoing, clock, unreadAnswerMs }: PieceWay): Promise<void> {
  if (outgoing.destroyed || !outgoing.writableNeedDrain) return;
  const cancel = clock.after(unreadAnswerMs, () => outgoing.destroy());
  await new Promise<void>((resolve) => {
    const end = (): void => {
      outgoing.off('drain', end).off('close', end);
      resolve();
    };
    outgoing.on('drain', end).on('close', end);
  });
  cancel();
}
