import { failed, ok, type Result } from '../base/result.ts';
import { notesOnAddons } from './addons.ts';
import type { BuildFailed } from './builder.ts';
import { cargoContent, holdsCargoProject } from './cargo.ts';
import { bringDependencies, type DependenciesFailed } from './dependencies.ts';
import { dotnetContent, holdsDotnetProject } from './dotnet.ts';
import { holds, readFolder } from './folder.ts';
import { goContent, holdsGoProgram } from './go.ts';
import { guessRuntime, type Content, type NoGuess } from './guess.ts';
import { jarContent, jarIn } from './jar.ts';
import { holdsMavenProject, mavenContent } from './maven.ts';
import { zipFiles } from './zip.ts';

/** What is to be uploaded: a folder, and what the user said of it. */
export interface Source {
  readonly folder: string;
  readonly runtime?: string;
  readonly handler?: string;
}

/** Why nothing can be uploaded: a sentence. */
export type NoContent =
  | BuildFailed
  | DependenciesFailed
  | NoGuess
  | { readonly kind: 'empty-folder'; readonly what: string };

/** Builds what must be built, brings dependencies, and zips. What the user said decides where a folder could be several things. */
export async function contentOf(
  source: Source,
  tell: (line: string) => void,
): Promise<Result<Content, NoContent>> {
  const { folder, runtime, handler } = source;
  const guess = guessRuntime(folder);
  if (runtime === undefined || runtime.startsWith('java')) {
    if (holdsMavenProject(folder)) return mavenContent(folder, handler, tell);
    const jar = guess.ok ? undefined : jarIn(folder);
    if (jar !== undefined) return ok(jarContent(jar, handler));
  }
  const mayBeDotnet = runtime === undefined || runtime.startsWith('dotnet');
  if (mayBeDotnet && holdsDotnetProject(folder)) return dotnetContent(folder, tell);
  if (isForBuilder(folder, runtime)) {
    if (holdsGoProgram(folder)) return goContent(folder, tell);
    if (holdsCargoProject(folder)) return cargoContent(folder, tell);
  }
  if (!guess.ok && (runtime === undefined || handler === undefined)) return guess;
  const brought = await bringDependencies(folder, tell);
  if (!brought.ok) return brought;
  const files = readFolder(folder);
  if (files.length === 0) return failed({ kind: 'empty-folder', what: `${folder} holds no files.` });
  const { execPath, versions } = process;
  const node = { execPath, version: versions.node, modules: versions.modules };
  for (const note of notesOnAddons(folder, files, node)) tell(note);
  return ok({ zip: zipFiles(files), what: files.length === 1 ? '1 file' : `${files.length} files`, guess });
}

/** Sources are built anew, so that none of them is older than what runs; with the runtime named, a ready program counts. */
function isForBuilder(folder: string, runtime: string | undefined): boolean {
  if (runtime === undefined) return true;
  return runtime.startsWith('provided') && !holds(folder, 'bootstrap');
}
