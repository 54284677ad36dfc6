import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from './sessions.ts';

/** One request of somebody who has signed in. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly session: Session;
  readonly token: string;
  readonly url: URL;
}
