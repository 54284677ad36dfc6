/** The first value of a parameter in the query of a URL, decoded; undefined when it is not there. */
export function queryParameter(query: string, name: string): string | undefined {
  if (!query.includes(name)) return undefined;
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at) === name) return decoded(pair.slice(at + 1));
  }
  return undefined;
}

/** A value that is not well encoded stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
