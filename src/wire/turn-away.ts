import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { refusalError } from './errors.ts';

/** Connections that are being told at one time; further ones are closed without a word. */
export const MOST_TURNED_AWAY = 1000;

/** How long a client that is turned away may take to hear it. */
const HEARING_MS = 1000;

/**
 * Answers a connection that there is no room for, without reading what it asks. It is closed gently: a reset would take
 * the answer with it.
 */
export function turnAway(socket: Socket, clock: Clock): void {
  const { status, type, message } = refusalError({ kind: 'overloaded' });
  const body = JSON.stringify({ __type: type, message });
  const cancel = clock.after(HEARING_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy()).once('close', cancel);
  socket.resume();
  socket.end(
    `HTTP/1.1 ${status} Service Unavailable\r\nContent-Type: application/x-amz-json-1.0\r\n` +
      `Retry-After: 1\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
