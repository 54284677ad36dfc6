import { posix } from 'node:path';

/** The parts of a package's entry that decide where it lands. */
export interface Placed {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
}

/**
 * The first thing wrong with where the entries would land, as a sentence; undefined when all is well.
 * Paths that climb out, are absolute or hold odd characters have been refused by the zip reader already.
 */
export function misplacedEntry(entries: readonly Placed[]): string | undefined {
  const kinds = new Map<string, Placed['kind']>();
  for (const { path, kind } of entries) {
    if (path === '' && kind !== 'folder') return 'The package has an entry without a name.';
    if (path.includes('\0')) return 'The package has an entry whose name contains a NUL character.';
    if (kinds.has(path) && (kind !== 'folder' || kinds.get(path) !== 'folder')) {
      return `The package has two entries named ${path}.`;
    }
    kinds.set(path, kind);
  }
  for (const path of kinds.keys()) {
    const blocker = parentsOf(path).find((parent) => (kinds.get(parent) ?? 'folder') !== 'folder');
    if (blocker !== undefined) return `${path} lies under ${blocker}, which is not a folder.`;
  }
  return undefined;
}

/**
 * What is wrong with a symbolic link's target, as a sentence; undefined when the link stays inside the package.
 * A target may not pass through another link, for then its path no longer says where it ends.
 */
export function wrongLink(path: string, target: string, links: ReadonlySet<string>): string | undefined {
  if (target.includes('\0') || target === '') return `The link ${path} has no readable target.`;
  if (posix.isAbsolute(target)) return `The link ${path} points to ${target}, outside the package.`;
  const end = posix.join(posix.dirname(path), target);
  if (end === '..' || end.startsWith('../'))
    return `The link ${path} points to ${target}, outside the package.`;
  const through = prefixesOf(posix.dirname(path), target).find((passed) => links.has(passed));
  return through === undefined ? undefined : `The link ${path} leads through another link, ${through}.`;
}

/** Every folder that is walked through on the way from `folder` along `target`, without the last step. */
function prefixesOf(folder: string, target: string): readonly string[] {
  const steps = target.split('/').slice(0, -1);
  return steps.map((_, index) => posix.join(folder, ...steps.slice(0, index + 1)));
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
