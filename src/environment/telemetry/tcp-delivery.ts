import type { Socket } from 'node:net';
import type { ConnectInside } from './connect-inside.ts';
import type { Delivery } from './subscriber.ts';
import type { Batch } from './waiting-records.ts';

/** Writes batches to a listener as lines of JSON, over one connection that is kept. */
export class TcpDelivery implements Delivery {
  readonly #port: number;
  readonly #connectInside: ConnectInside;
  #socket: Socket | undefined;
  #abort = new AbortController();

  constructor(port: number, connectInside: ConnectInside) {
    this.#port = port;
    this.#connectInside = connectInside;
  }

  async send(batch: Batch): Promise<boolean> {
    const socket = this.#socket ?? (await this.#connected());
    if (socket === undefined) return false;
    const text = batch.records.map((record) => `${record}\n`).join('');
    // Called as soon as the system has taken all of it, and with an error when the connection ends before.
    return new Promise((resolve) => {
      socket.write(text, (error) => resolve(error === null || error === undefined));
    });
  }

  abort(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #connected(): Promise<Socket | undefined> {
    const { signal } = this.#abort;
    const socket = await this.#connectInside(this.#port, signal).catch(() => undefined);
    if (socket === undefined || signal.aborted) return void socket?.destroy();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    // What the listener may say is read and goes nowhere.
    socket.resume();
    this.#socket = socket;
    return socket;
  }
}
