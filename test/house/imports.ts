import { isTest, type Rule, type SourceFile } from './source-file.ts';

/** No file imports itself, by whatever way round; types count. */
export const cycles: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const finished = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) found.push(`import cycle: ${[...trail.slice(start), path].join(' -> ')}`);
    if (start !== -1 || finished.has(path)) return;
    for (const target of byPath.get(path)?.imports ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const file of files) visit(file.path, []);
  return found;
};

/** Every import names a file that is there. */
export const broken: Rule = (files) => {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap((file) =>
    file.imports
      .filter((target) => /\.(ts|mjs|cjs)$/.test(target) && !paths.has(target))
      .map((target) => `${file.path} imports ${target}, which is not there`),
  );
};

/** Every file of `src/` is used by one of the entries, or by a test. */
export function unreached(files: readonly SourceFile[], entries: readonly string[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) return;
    reached.add(path);
    for (const target of [...file.imports, ...file.names])
      visit(byPath.has(target) ? target : `${target}.ts`);
  };
  for (const file of files) if (isTest(file.path) || entries.includes(file.path)) visit(file.path);
  return files
    .filter((file) => file.path.startsWith('src/') && !reached.has(file.path))
    .map((file) => `${file.path} is reached from no entry and no test: use it or remove it`);
}
