/** The files and folders that a Markdown text names: targets of its links, and paths in backquotes. A file without its folder is an example, unless it is a document or a setting. */
export function namedPaths(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
  const links = [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  const quoted = [...prose.matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\.\w+|\/))`/g)]
    .map((match) => match[1] ?? '')
    .filter((path) => path.includes('/') || /\.(?:md|json)$/.test(path));
  return [...new Set([...links.filter((link) => !/^\w+:/.test(link)), ...quoted])];
}

/** The named ones that are not there. */
export function missingPaths(markdown: string, exists: (path: string) => boolean): string[] {
  return namedPaths(markdown).filter((path) => !exists(path));
}
