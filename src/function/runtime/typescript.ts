import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isModuleSyntax } from './module-syntax.ts';
import { rewriteSpecifiers } from './specifiers.ts';

/** A TypeScript file of a package and the JavaScript file that stands for it. */
interface Stripped {
  readonly source: string;
  readonly target: string;
  readonly code: string;
}

/**
 * Writes a JavaScript file beside every TypeScript file of a package, so that nothing is stripped at load.
 * `.mts` becomes `.mjs`, `.cts` becomes `.cjs`, `.ts` becomes what its syntax says, and imports between
 * them follow. A file that cannot be stripped becomes one that throws what is wrong, should it ever be loaded.
 */
export async function stripFolder(folder: string): Promise<void> {
  const sources = await typeScriptFiles(folder);
  const stripped: Stripped[] = [];
  for (const source of sources) stripped.push(await strip(folder, source));
  const targets = new Map(stripped.map(({ source, target }) => [source, target]));
  for (const file of stripped) {
    const code = rewriteSpecifiers(file.code, (specifier) => follow(specifier, file.source, targets));
    await writeNew(file.target, code);
  }
}

/** Writes a file that everyone may read; the owner's own JavaScript file of the same name goes before ours. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    await chmod(path, 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function typeScriptFiles(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') found.push(...(await typeScriptFiles(path)));
    if (entry.isFile() && /(?<!\.d)\.[mc]?ts$/.test(entry.name)) found.push(path);
  }
  return found;
}

async function strip(root: string, source: string): Promise<Stripped> {
  const text = await readFile(source, 'utf8');
  try {
    const code = stripTypeScriptTypes(text, { mode: 'strip' });
    return { source, code, target: await targetOf(root, source, code) };
  } catch (error) {
    const said = `${relative(root, source)}: ${(error as Error).message}`;
    const code = `throw new SyntaxError(${JSON.stringify(said)});\n`;
    return { source, code, target: await targetOf(root, source, text) };
  }
}

async function targetOf(root: string, source: string, code: string): Promise<string> {
  const stem = source.replace(/\.[mc]?ts$/, '');
  if (source.endsWith('.mts')) return `${stem}.mjs`;
  if (source.endsWith('.cts')) return `${stem}.cjs`;
  const isModule = isModuleSyntax(code) || (await packageType(root, dirname(source))) === 'module';
  return isModule ? `${stem}.mjs` : `${stem}.cjs`;
}

/** `type` of the nearest package.json, no higher than the package's root. */
async function packageType(root: string, folder: string): Promise<unknown> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) return typeIn(text);
  return resolve(folder) === resolve(root) ? undefined : packageType(root, dirname(folder));
}

function typeIn(packageJson: string): unknown {
  try {
    return (JSON.parse(packageJson) as { type?: unknown } | null)?.type;
  } catch {
    // A broken package.json says nothing here; Node itself reports it when it loads the code.
    return undefined;
  }
}

/** Where an import of `specifier` in `source` leads, when that is a file we wrote; as Node, bundlers and tsc spell it. */
function follow(specifier: string, source: string, targets: ReadonlyMap<string, string>): string | undefined {
  const path = resolve(dirname(source), specifier);
  const stem = path.replace(/\.([mc]?)js$/, '.$1ts');
  const candidates = [path, stem, `${path}.ts`, `${path}.mts`, `${path}.cts`, join(path, 'index.ts')];
  const target = candidates.map((candidate) => targets.get(candidate)).find((found) => found !== undefined);
  if (target === undefined) return undefined;
  const to = join(relative(dirname(source), dirname(target)), basename(target));
  return to.startsWith('.') ? to : `./${to}`;
}
