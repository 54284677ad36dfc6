import type { ServerResponse } from 'node:http';
import { write } from './runtime-api-answers.ts';

/** What an extension may want to know of. */
export type ExtensionEvent = 'INVOKE' | 'SHUTDOWN';

/** One extension that has registered. */
export class Extension {
  readonly id: string;
  readonly name: string;
  readonly isExternal: boolean;
  readonly events: readonly ExtensionEvent[];
  #waiting: ServerResponse | undefined;
  /** What was said while it was not listening. */
  #missed: Readonly<Record<string, unknown>> | undefined;

  constructor(made: {
    readonly id: string;
    readonly name: string;
    readonly isExternal: boolean;
    readonly events: readonly ExtensionEvent[];
  }) {
    this.id = made.id;
    this.name = made.name;
    this.isExternal = made.isExternal;
    this.events = made.events;
  }

  /** True while it waits for its next event. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** It asks for its next event; `eventId` names that if it is there already. */
  wait(response: ServerResponse, eventId: string): void {
    this.#waiting = response;
    if (this.#missed !== undefined) this.#send(this.#missed, eventId);
  }

  /** Something has happened. */
  tell(event: ExtensionEvent, said: Readonly<Record<string, unknown>>, eventId: string): void {
    if (!this.events.includes(event)) return;
    this.#missed = said;
    if (this.#waiting !== undefined) this.#send(said, eventId);
  }

  #send(said: Readonly<Record<string, unknown>>, eventId: string): void {
    const response = this.#waiting;
    this.#waiting = undefined;
    this.#missed = undefined;
    if (response === undefined || response.destroyed) return;
    const headers = { 'Lambda-Extension-Event-Identifier': eventId };
    write(response, 200, headers, Buffer.from(JSON.stringify(said)));
  }
}
