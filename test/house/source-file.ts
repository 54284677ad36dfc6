import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { scan } from './scanner.ts';

/** One file of the project as the rules of the house see it. */
export interface SourceFile {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly source: string;
  /** Without comments; strings stand. */
  readonly withStrings: string;
  /** Without comments and without the insides of strings. */
  readonly code: string;
  /** Files of the project that it imports, types included. */
  readonly imports: readonly string[];
  /** What it names by a relative path in a string, with or without the ending: threads and programs are started so. */
  readonly names: readonly string[];
}

/** A rule answers one sentence per violation. */
export type Rule = (files: readonly SourceFile[]) => readonly string[];

const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])( *)\1/g;
const NAMED = /(['"])( +)\1/g;

/** Reads one file. */
export function sourceFile(path: string, source: string): SourceFile {
  const scanned = scan(source);
  const specifiers = (pattern: RegExp): string[] =>
    [...scanned.code.matchAll(pattern)]
      .map((match) => {
        const start = match.index + match[0].indexOf(match[1] ?? '') + 1;
        return source.slice(start, start + (match[2] ?? '').length);
      })
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => posix.join(posix.dirname(path), specifier));
  return { path, source, ...scanned, imports: specifiers(IMPORT), names: specifiers(NAMED) };
}

/** All code files below the named folders of the project at `root`. */
export function readProject(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|cjs|js)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => !path.includes('node_modules'))
      .sort()
      .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8'))),
  );
}

/** True for tests and for what only tests use: they are freer. */
export function isTest(path: string): boolean {
  return /\.test\.\w+$|\/fixtures?\/|\/contract(\.[\w-]+)?\.ts$|^test\//.test(path);
}
