/**
 * The address as it may stand in a `Location` header, or undefined: only http and https, no user name, and neither
 * line breaks nor other control characters, which the URL parser would drop silently.
 */
export function safeTarget(text: unknown): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (typeof text !== 'string' || text.length > 2048 || /[\u0000-\u0020\u007f]/.test(text)) return undefined;
  const url = URL.parse(text);
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  return web && url.username === '' && url.password === '' ? url.href : undefined;
}

/** The target of one click: `{click_id}` in it, also as URLs spell it, becomes the id that the click is recorded under. */
export function targetFor(target: string, clickId: string): string {
  return target.replace(/\{click_id\}|%7Bclick_id%7D/gi, clickId);
}
