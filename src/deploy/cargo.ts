import { readFileSync } from 'node:fs';
import { ok, type Result } from '../base/result.ts';
import { builderFailed, buildFailed, endOfBuilder, programContent, type BuildFailed } from './builder.ts';
import { holds } from './folder.ts';
import type { Content } from './guess.ts';

/** Messages for us as lines of JSON, and for people as cargo prints them. */
const FORMAT = ['--message-format', 'json-render-diagnostics'];
const NOT_THERE =
  'Rust is not installed: take it from https://rustup.rs, or deploy a folder with a program that is already built, named bootstrap.';

/** True when cargo builds this folder. */
export function holdsCargoProject(folder: string): boolean {
  return holds(folder, 'Cargo.toml');
}

/**
 * Builds the program of a crate, or the only one of a workspace, with cargo, as its release profile says, and packs it
 * as `bootstrap`. Of several programs the one of that name is taken.
 */
export async function cargoContent(
  folder: string,
  tell: (line: string) => void,
): Promise<Result<Content, BuildFailed>> {
  tell('Building with cargo …');
  const end = await endOfBuilder(['cargo', 'build', '--release', '--quiet', ...FORMAT], folder);
  if (end.kind === 'not-there') return buildFailed(NOT_THERE);
  if (end.kind === 'failed') return builderFailed('cargo', folder, end.stderr);
  const programs = programsOf(end.stdout);
  const [only, ...more] = programs;
  const program = programs.find(({ name }) => name === 'bootstrap') ?? (more.length === 0 ? only : undefined);
  if (program !== undefined) return ok(programContent(readFileSync(program.path), 'a Rust program'));
  const names = programs.map(({ name }) => name).join(', ');
  return buildFailed(
    only === undefined
      ? `The build of ${folder} made no program: the crate needs a src/main.rs.`
      : `The build of ${folder} made several programs (${names}): call one bootstrap, or deploy the folder of one crate.`,
  );
}

interface Program {
  readonly name: string;
  readonly path: string;
}

/** What cargo tells of each thing that it made. */
interface Artifact {
  readonly reason: string;
  readonly executable?: string | null;
  readonly target?: { readonly name: string };
}

function programsOf(lines: string): Program[] {
  const told = lines.split('\n').filter((line) => line.startsWith('{'));
  const made = told.map((line) => JSON.parse(line) as Artifact);
  return made.flatMap(({ reason, executable, target }) =>
    reason === 'compiler-artifact' && typeof executable === 'string' && target !== undefined
      ? [{ name: target.name, path: executable }]
      : [],
  );
}
