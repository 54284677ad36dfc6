import { readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

const IMPORTS = [
  /^\s*(?:import|export)\b[^'"();]*?\bfrom\s*['"]([^'"./][^'"]*)['"]/gm,
  /^\s*import\s*['"]([^'"./][^'"]*)['"]/gm,
  /\b(?:import|require)\(\s*['"]([^'"./][^'"]*)['"]\s*\)/g,
];

/** The packages that the JavaScript files below `folder` import, sorted. */
export function usedPackages(folder) {
  const names = new Set();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue;
    for (const name of importedPackages(readFileSync(join(entry.parentPath, entry.name), 'utf8')))
      names.add(name);
  }
  return [...names].sort();
}

/** The packages that one file imports, without what Node brings itself. */
export function importedPackages(source) {
  return IMPORTS.flatMap((pattern) => [...source.matchAll(pattern)])
    .map((match) => match[1])
    .filter((specifier) => !isBuiltin(specifier) && /^(?:@[\w.-]+\/)?[\w.-]+(?:\/[\w./-]+)?$/.test(specifier))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

/** The package.json of what is published. Throws when a package is used that `project` does not depend on. */
export function manifestFor(project, used, documents) {
  const missing = used.filter((name) => project.dependencies[name] === undefined);
  if (missing.length > 0) throw new Error(`src uses ${missing.join(', ')} without depending on it`);
  return {
    name: project.name,
    version: project.version,
    description: project.description,
    license: project.license,
    type: 'module',
    bin: { millrace: 'bin/millrace' },
    exports: { './package.json': './package.json' },
    files: ['bin', 'src', 'runtimes', ...documents],
    engines: { node: '>=24' },
    os: ['linux'],
    dependencies: Object.fromEntries(used.map((name) => [name, project.dependencies[name]])),
  };
}
