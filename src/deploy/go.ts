import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '../base/result.ts';
import {
  builderFailed,
  buildFailed,
  endOfBuilder,
  programContent,
  type BuilderEnd,
  type BuildFailed,
} from './builder.ts';
import type { Content } from './guess.ts';

/** A program without libc, for Linux on this kind of machine; the same sources give the same bytes. */
const SETTINGS = ['CGO_ENABLED=0', 'GOOS=linux', `GOARCH=${process.arch === 'arm64' ? 'arm64' : 'amd64'}`];
/** Without debug information, paths of this machine, and the door that only the old `go1.x` runtime used. */
const FLAGS = ['-trimpath', '-buildvcs=false', '-tags', 'lambda.norpc', '-ldflags', '-s -w'];
const NOT_THERE =
  'Go is not installed: take it from https://go.dev/dl, or deploy a folder with a program that is already built, named bootstrap.';
/** What Go would run for a package that its cache does not hold as it is to be. */
const COMPILATION = /\/compile(\.exe)? -o /g;
/** How `env` ends when it finds no program to run. */
const NO_PROGRAM = 127;

/** True when Go builds this folder: it holds a module, or a package of one further up. */
export function holdsGoProgram(folder: string): boolean {
  return readdirSync(folder).some(
    (name) => name === 'go.mod' || (name.endsWith('.go') && !name.endsWith('_test.go')),
  );
}

/** Builds the program in a folder with Go and packs it as `bootstrap`. Go's own cache keeps it quick; how much is not in it yet is told. */
export async function goContent(
  folder: string,
  tell: (line: string) => void,
): Promise<Result<Content, BuildFailed>> {
  tell('Building with Go …');
  const where = await programIn(folder);
  if (!where.ok) return where;
  const target = mkdtempSync(join(tmpdir(), 'millrace-go-'));
  const words = [...FLAGS, '-o', join(target, 'bootstrap'), where.value];
  try {
    const count = await packagesToCompile(folder, words);
    if (count > 1)
      tell(`Compiling ${count} packages, which Go keeps: next time it compiles what has changed …`);
    const end = await go(folder, ['build', ...words]);
    if (end.kind !== 'built') return goFailed(folder, end);
    return ok(programContent(readFileSync(join(target, 'bootstrap')), 'a Go program'));
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** How many packages a build would compile: with an empty cache, all of Go's own as well. What is wrong, the build itself says. */
async function packagesToCompile(folder: string, words: readonly string[]): Promise<number> {
  const end = await go(folder, ['build', '-n', ...words]);
  return end.kind === 'built' ? (end.stderr.match(COMPILATION)?.length ?? 0) : 0;
}

/** The program to build: the folder's own package, or the only one below it that is a program. */
async function programIn(folder: string): Promise<Result<string, BuildFailed>> {
  const own = await go(folder, ['list', '-e', '-f', '{{.Name}}', '.']);
  if (own.kind !== 'built') return goFailed(folder, own);
  if (own.stdout.trim() === 'main') return ok('.');
  const format = '{{if eq .Name "main"}}{{.ImportPath}}{{end}}';
  const below = await go(folder, ['list', '-e', '-f', format, './...']);
  if (below.kind !== 'built') return goFailed(folder, below);
  const [found, ...more] = below.stdout.split('\n').filter((line) => line !== '');
  if (found !== undefined && more.length === 0) return ok(found);
  if (found !== undefined)
    return buildFailed(
      `${folder} holds several programs (${[found, ...more].join(', ')}): deploy the folder of one.`,
    );
  // Sources that cannot be read are no program either: the compiler knows why.
  const end = await go(folder, ['build', '-o', '/dev/null', './...']);
  if (end.kind !== 'built') return goFailed(folder, end);
  return buildFailed(`Nothing in ${folder} is a program: one package must be "package main".`);
}

/** Go keeps what it compiles and downloads in the home of its user, which is told to it also where no variable says it. */
function go(folder: string, words: readonly string[]): Promise<BuilderEnd> {
  return endOfBuilder(['env', `HOME=${homedir()}`, ...SETTINGS, 'go', ...words], folder);
}

function goFailed(folder: string, end: BuilderEnd): ReturnType<typeof buildFailed> {
  if (end.kind === 'not-there' || end.code === NO_PROGRAM) return buildFailed(NOT_THERE);
  return builderFailed('go', folder, end.stderr);
}
