import type { Socket } from 'node:net';
import type { Answer, WireRequest } from './door.ts';
import type { BodyRead, ByteBudget } from './read-body.ts';

/** A request that came in, by whichever lane, and the way back to its client. */
export interface Arrival extends WireRequest {
  body: Buffer;
  /** The connection that it came on. */
  readonly socket: Socket;
  /** Reads the body. The bytes of a body that was read are taken from the budget: the caller gives them back. */
  readBody(limitBytes: number, budget: ByteBudget): BodyRead | Promise<BodyRead>;
  /**
   * Writes the answer whole, or in pieces as they come; nothing happens when the client has hung up. Throws for an answer
   * that cannot be written.
   */
  send(answer: Answer): Promise<void> | void;
  /** Ends the connection: no answer can be given. */
  destroy(): void;
}
