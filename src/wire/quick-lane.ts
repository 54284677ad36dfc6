import type { Socket } from 'node:net';
import type { Cancel } from '../base/clock.ts';
import { AnswerHeads, HttpDate } from './answer-text.ts';
import { QuickConnection, type QuickLaneSide, type QuickParts } from './quick-connection.ts';

/**
 * Reads requests as every SDK sends them, a POST in one piece, for a third of what `node:http` takes for it. A connection
 * that sends anything else is handed over to `node:http` for good, with its bytes unread.
 */
export class QuickLane implements QuickLaneSide {
  readonly date: HttpDate;
  readonly heads = new AnswerHeads();
  isStopping = false;
  readonly #parts: QuickParts;
  readonly #connections = new Set<QuickConnection>();
  #sweep: Cancel | undefined;

  constructor(parts: QuickParts) {
    this.#parts = parts;
    this.date = new HttpDate(parts.clock);
  }

  /** Takes a new connection. */
  take(socket: Socket): void {
    this.#connections.add(new QuickConnection(this.#parts, this, socket));
    this.#planSweep();
  }

  left(connection: QuickConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    this.#sweep?.();
    this.#sweep = undefined;
  }

  /** Closes what is idle; what is being answered ends with its answer. */
  stop(): void {
    this.isStopping = true;
    for (const connection of this.#connections) connection.stop();
  }

  /** Closes every connection at once. */
  destroy(): void {
    for (const { socket } of this.#connections) socket.destroy();
  }

  #planSweep(): void {
    const { clock, limits } = this.#parts;
    const everyMs = Math.min(5000, limits.headersMs, limits.keepAliveMs);
    this.#sweep ??= clock.after(everyMs, () => {
      this.#sweep = undefined;
      this.#closeIdle();
      if (this.#connections.size > 0) this.#planSweep();
    });
  }

  #closeIdle(): void {
    const { clock, limits } = this.#parts;
    const nowMs = clock.nowMs();
    for (const { socket, idleSinceMs, hasAnswered } of this.#connections) {
      const limitMs = hasAnswered ? limits.keepAliveMs : limits.headersMs;
      if (idleSinceMs !== undefined && nowMs - idleSinceMs >= limitMs) socket.destroy();
    }
  }
}
