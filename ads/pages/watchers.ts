import type { ServerResponse } from 'node:http';

const LOOK_AGAIN_MS = 30_000;

/** Live connections, each of one session: they end with it. */
export class Watchers {
  readonly #ofToken = new Map<string, Set<ServerResponse>>();

  /** Ends `response` when the session ends, or when `mayStill` says within half a minute that it is over. */
  add(token: string, response: ServerResponse, mayStill: () => Promise<boolean>): void {
    const all = this.#ofToken.get(token) ?? new Set();
    this.#ofToken.set(token, all.add(response));
    const timer = setInterval(() => {
      // A database that cannot be asked ends nothing.
      void mayStill().then(
        (may) => may || response.end(),
        () => undefined,
      );
    }, LOOK_AGAIN_MS);
    response.on('close', () => {
      clearInterval(timer);
      all.delete(response);
      if (all.size === 0 && this.#ofToken.get(token) === all) this.#ofToken.delete(token);
    });
  }

  /** Ends all connections of that session. */
  end(token: string): void {
    for (const response of this.#ofToken.get(token) ?? []) response.end();
  }
}
