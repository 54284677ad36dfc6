import type { Socket } from 'node:net';
import type { Cancel, Clock } from '../base/clock.ts';
import type { RequestId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import type { AnswerHeads, HttpDate } from './answer-text.ts';
import type { Answer } from './door.ts';
import type { HttpLimits } from './http-limits.ts';
import { QuickExchange } from './quick-exchange.ts';
import { readQuickRequest } from './quick-request.ts';
import type { Reception } from './reception.ts';
import { sendPieces } from './send-pieces.ts';

/** What connections of the quick lane work with. */
export interface QuickParts {
  readonly reception: Reception;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: HttpLimits;
  /** Gives a connection to `node:http`; what it has still to read stands in the socket. */
  readonly handOver: (socket: Socket) => void;
}

/** What a connection is told by its lane. */
export interface QuickLaneSide {
  readonly date: HttpDate;
  readonly heads: AnswerHeads;
  readonly isStopping: boolean;
  /** The connection is closed, or is not the lane's any more. */
  left(connection: QuickConnection): void;
}

/** One connection as long as its requests are plain: one at a time is read, answered, and the next read. */
export class QuickConnection {
  readonly socket: Socket;
  /** When it began to wait for a request; undefined while one is being answered. */
  idleSinceMs: number | undefined;
  /** False until the first answer: a connection that has said nothing yet is waited for less long. */
  hasAnswered = false;
  readonly #parts: QuickParts;
  readonly #lane: QuickLaneSide;
  readonly #keepAlive: string;
  #current: QuickExchange | undefined;
  /** What came while a request was being answered. */
  #early: Buffer[] = [];
  #unread: Cancel | undefined;

  constructor(parts: QuickParts, lane: QuickLaneSide, socket: Socket) {
    this.#parts = parts;
    this.#lane = lane;
    this.socket = socket;
    this.idleSinceMs = parts.clock.nowMs();
    this.#keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(parts.limits.keepAliveMs / 1000)}\r\n`;
    socket.on('data', this.#onData).on('drain', this.#onDrain);
    socket.on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
  }

  /** The server stops: what waits is let go, and the connection ends after its answer. */
  stop(): void {
    if (this.#current === undefined) this.socket.destroy();
    else this.#current.letGo();
  }

  /** Writes the answer of the current request; another's comes too late. Throws for an answer that cannot be written. */
  reply(exchange: QuickExchange, answer: Answer): Promise<void> | void {
    const { pieces } = answer;
    if (pieces !== undefined) return this.#replyInPieces(exchange, answer, pieces);
    if (exchange !== this.#current || this.socket.destroyed) return;
    this.#write(answer, exchange.requestId);
    this.#answered();
  }

  async #replyInPieces(
    exchange: QuickExchange,
    answer: Answer,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const { socket } = this;
    if (!socket.destroyed)
      socket.write(this.#lane.heads.write(answer, undefined, this.#more(exchange.requestId)), 'latin1');
    const { clock, limits } = this.#parts;
    const write = (piece: Uint8Array): boolean => writeChunk(socket, piece);
    await sendPieces(pieces, { outgoing: socket, write, clock, unreadAnswerMs: limits.unreadAnswerMs });
    if (exchange !== this.#current || socket.destroyed) return;
    socket.write('0\r\n\r\n');
    this.#answered();
  }

  /** The request is answered: on to the next. */
  #answered(): void {
    const { isStopping } = this.#lane;
    this.#current = undefined;
    this.hasAnswered = true;
    this.idleSinceMs = this.#parts.clock.nowMs();
    if (this.socket.writableLength > 0) this.#limitReading();
    if (isStopping) this.socket.end();
    else if (this.#early.length > 0) this.#readEarly();
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#current === undefined) return this.#read(bytes);
    this.#early.push(bytes);
    this.socket.pause();
  };

  readonly #onDrain = (): void => {
    this.#unread?.();
    this.#unread = undefined;
  };

  /** Half a connection is none: who has no more to say is not waited for. */
  readonly #onEnd = (): void => {
    this.socket.end();
    this.#current?.letGo();
  };

  readonly #onError = (): void => {
    this.socket.destroy();
  };

  readonly #onClose = (): void => {
    this.#unread?.();
    this.#lane.left(this);
    this.#current?.letGo();
    this.#current = undefined;
  };

  #read(bytes: Buffer): void {
    const request = readQuickRequest(bytes);
    if (request === undefined) return this.#handOver(bytes);
    const exchange = new QuickExchange(this, request, this.#parts.random.uuid() as RequestId);
    this.#current = exchange;
    this.idleSinceMs = undefined;
    void this.#parts.reception.receive(exchange);
  }

  #readEarly(): void {
    const bytes = Buffer.concat(this.#early);
    this.#early = [];
    this.socket.resume();
    this.#read(bytes);
  }

  #handOver(bytes: Buffer): void {
    const { socket } = this;
    socket.off('data', this.#onData).off('drain', this.#onDrain);
    socket.off('end', this.#onEnd).off('error', this.#onError).off('close', this.#onClose);
    this.#unread?.();
    this.#lane.left(this);
    socket.pause();
    socket.unshift(bytes);
    this.#parts.handOver(socket);
    socket.resume();
  }

  #more(requestId: RequestId): string {
    const connection = this.#lane.isStopping ? 'Connection: close\r\n' : this.#keepAlive;
    return `x-amzn-RequestId: ${requestId}\r\nDate: ${this.#lane.date.text}\r\n${connection}`;
  }

  #write(answer: Answer, requestId: RequestId): void {
    const { body } = answer;
    const sizeBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const head = this.#lane.heads.write(answer, sizeBytes, this.#more(requestId));
    if (typeof body === 'string') {
      // A text of as many bytes as characters is ASCII, and written without being encoded.
      this.socket.write(head + body, sizeBytes === body.length ? 'latin1' : 'utf8');
      return;
    }
    this.socket.cork();
    this.socket.write(head, 'latin1');
    this.socket.write(body);
    this.socket.uncork();
  }

  #limitReading(): void {
    this.#unread ??= this.#parts.clock.after(this.#parts.limits.unreadAnswerMs, () => this.socket.destroy());
  }
}

/** One chunk of a body without a length; false when the client should read first. */
function writeChunk(socket: Socket, piece: Uint8Array): boolean {
  if (piece.length === 0) return true;
  socket.cork();
  socket.write(`${piece.length.toString(16)}\r\n`, 'latin1');
  socket.write(piece);
  socket.write('\r\n', 'latin1');
  socket.uncork();
  return !socket.writableNeedDrain;
}
