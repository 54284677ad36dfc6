import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Extension } from './extension.ts';
import { readBody } from './request-body.ts';
import { refused, write } from './runtime-api-answers.ts';
import { subscriptionIn, type TelemetryApiName } from './telemetry/subscription.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

const LARGEST_BODY_BYTES = 65_536;
const PATHS: Readonly<Record<string, TelemetryApiName>> = {
  '/2022-07-01/telemetry': 'telemetry',
  '/2020-08-15/logs': 'logs',
};
const CLOSED: Readonly<Record<TelemetryApiName, [errorType: string, errorMessage: string]>> = {
  telemetry: ['Telemetry.SubscriptionClosed', 'Telemetry API subscription is closed'],
  logs: ['Logs.SubscriptionClosed', 'Logs API subscription is closed'],
};

/** What {@link TelemetryApi} works with. */
export interface TelemetryApiParts {
  readonly telemetry: Telemetry;
  /** The extension that makes a request; if there is none, that has been answered. */
  readonly whoAsks: (request: IncomingMessage, response: ServerResponse) => Extension | undefined;
}

/** The Telemetry API and its predecessor, the Logs API: extensions subscribe while the code is loaded. */
export class TelemetryApi {
  readonly #parts: TelemetryApiParts;

  constructor(parts: TelemetryApiParts) {
    this.#parts = parts;
  }

  /** Serves its paths; AWS's own documents end one of them with a slash. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const api = PATHS[path.replace(/\/$/, '')];
    if (api === undefined || request.method !== 'PUT') return false;
    const body = await readBody(request, LARGEST_BODY_BYTES);
    const extension = this.#parts.whoAsks(request, response);
    if (extension === undefined) return true;
    const { telemetry } = this.#parts;
    if (telemetry.areSubscriptionsClosed) refused(response, 403, ...CLOSED[api]);
    else if (body.kind !== 'whole') refused(response, 400, 'ValidationError', 'The body is too large or cut');
    else this.#subscribe(extension, response, body.bytes, api);
    return true;
  }

  #subscribe(extension: Extension, response: ServerResponse, body: Uint8Array, api: TelemetryApiName): void {
    const subscription = subscriptionIn(body, api);
    if (!subscription.ok) return refused(response, 400, 'ValidationError', subscription.failure.what);
    write(response, 200, {}, Buffer.from('"OK"'));
    this.#parts.telemetry.subscribe(extension.name, subscription.value);
  }
}
