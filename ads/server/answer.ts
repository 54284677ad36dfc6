import type { ServerResponse } from 'node:http';

const ALWAYS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'",
};

/** Headers that an answer adds to the ones that every answer has. */
export type Headers = Readonly<Record<string, string>>;

/** Answers with `text`; for HEAD, Node leaves the body out and keeps the headers. */
export function answer(response: ServerResponse, status: number, headers: Headers, text = ''): void {
  const length = status === 204 ? {} : { 'Content-Length': String(Buffer.byteLength(text)) };
  response.writeHead(status, { ...ALWAYS, ...headers, ...length });
  response.end(text);
}

/** Answers with a JSON document. */
export function answerJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Headers = {},
): void {
  answer(response, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(value));
}

/** Answers with a document that may show pictures of `pictures` and can be framed by any page. */
export function answerHtml(response: ServerResponse, text: string, pictures: string): void {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; img-src ${pictures}`,
  };
  answer(response, 200, headers, text);
}

/** Answers a person with one sentence. `title` and `sentence` are our own words, never the request's. */
export function answerPage(
  response: ServerResponse,
  status: number,
  title: string,
  sentence: string,
  headers: Headers = {},
): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${sentence}</p></html>\n`;
  answer(response, status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }, page);
}
