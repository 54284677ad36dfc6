import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MUTANTS, type Mutant, type Patch } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The mutant of this name. */
export function mutantNamed(name: string): Mutant {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant === undefined)
    throw new Error(`no mutant is called ${name}; there are ${MUTANTS.map((each) => each.name).join(', ')}`);
  return mutant;
}

/** The source of a file with a patch; an error when the text to replace does not stand there exactly once. */
export function patched(source: string, { file, find, replace }: Patch): string {
  if (source.split(find).length !== 2)
    throw new Error(`the mutant does not fit any more: ${file} must hold exactly once: ${find}`);
  return source.replace(find, () => replace);
}

/** From now on this process loads the mutant's source; what is loaded already stays. For a process that does nothing else. */
export function mutate({ patches }: Mutant): void {
  const byUrl = Map.groupBy(patches, ({ file }) => pathToFileURL(join(ROOT, file)).href);
  // At once, so that a mutant that does not fit is an error and not a broker without a fault.
  for (const patch of patches) patched(readFileSync(join(ROOT, patch.file), 'utf8'), patch);
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      const source = (byUrl.get(url) ?? []).reduce(patched, String(loaded.source));
      return byUrl.has(url) ? { ...loaded, source } : loaded;
    },
  });
}
