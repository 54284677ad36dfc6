import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { join } from 'node:path';

/** With every answer: nothing is kept by a cache, framed, or run but our own script. */
export const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // With no referrer at all a form's own origin would be sent as null.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
} as const;

const HTML = 'text/html; charset=utf-8';

/** What is answered: `body` as it is. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  more: OutgoingHttpHeaders = {},
): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, 'Content-Length': length, ...more });
  response.end(body);
}

/** One line for people and programs. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${text}\n`);
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

/** A page of `browser/`. */
export function sendPage(response: ServerResponse, name: string): void {
  send(response, 200, HTML, readFileSync(browserFile(name)));
}

/** The form for signing in again, and why: `notice` is a sentence of ours, written into the page as it is. */
export function sendSignInAgain(response: ServerResponse, notice: string, status: number): void {
  const page = readFileSync(browserFile('sign-in.html'), 'utf8');
  send(response, status, HTML, page.replace('<!-- notice -->', `<p id="notice" role="alert">${notice}</p>`));
}

/** To another page of ours; a POST becomes a GET. */
export function sendTo(response: ServerResponse, path: string, more: OutgoingHttpHeaders = {}): void {
  send(response, 303, 'text/plain', '', { Location: path, ...more });
}

/** Where a file of the browser's lies. */
export function browserFile(name: string): string {
  return join(import.meta.dirname, 'browser', name);
}
