import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ok, type Result } from '../base/result.ts';
import { buildFailed, endOfBuilder, type BuildFailed } from './builder.ts';
import { holds } from './folder.ts';
import type { Content } from './guess.ts';
import { classesIn, guessJava, jarContent } from './jar.ts';
import { zipFiles } from './zip.ts';

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** What Maven's usual plugins call a jar with everything in it. */
const COMPLETE = /-(jar-with-dependencies|shaded|aws|all|uber)\.jar$/;
/** Jars that hold no program. */
const OTHER = /^original-|-(sources|javadoc|tests|test-sources)\.jar$/;

/** True when Maven builds this folder. */
export function holdsMavenProject(folder: string): boolean {
  return holds(folder, 'pom.xml');
}

/**
 * Builds a folder with Maven, by its own wrapper if it has one. A jar with everything in it is uploaded as it is;
 * otherwise the jar and those that it needs become the package's `lib`.
 */
export async function mavenContent(
  folder: string,
  handler: string | undefined,
  tell: (line: string) => void,
): Promise<Result<Content, BuildFailed>> {
  tell('Building with Maven, without tests …');
  const wrong = await maven(folder, ['-DskipTests', 'package']);
  if (wrong !== undefined) return buildFailed(wrong);
  const target = join(folder, 'target');
  const names = existsSync(target) ? readdirSync(target).sort() : [];
  const jars = names.filter((name) => name.endsWith('.jar') && !OTHER.test(name));
  const complete = jars.find((name) => COMPLETE.test(name)) ?? shaded(names, jars);
  if (complete !== undefined) return ok(jarContent(join(target, complete), handler));
  const [plain, ...more] = [...names.filter((name) => name.endsWith('.jar.original')), ...jars];
  const isClear = plain !== undefined && (more.length === 0 || plain.endsWith('.original'));
  if (isClear) {
    const content = await withDependencies(folder, join(target, plain), tell);
    if (!content.ok) return content;
    const guess = guessJava(classesIn(readFileSync(join(target, plain))), handler);
    return ok({ ...content.value, guess });
  }
  const found = plain === undefined ? 'no jar' : `several jars (${jars.join(', ')})`;
  return buildFailed(
    `The build left ${found} in ${target}: deploy the folder of one module that makes a jar.`,
  );
}

/** The shade plugin leaves what it started from beside its jar, under another name. */
function shaded(names: readonly string[], jars: readonly string[]): string | undefined {
  return jars.find((jar) => names.includes(`original-${jar}`));
}

async function withDependencies(
  folder: string,
  jar: string,
  tell: (line: string) => void,
): Promise<Result<Omit<Content, 'guess'>, BuildFailed>> {
  const library = join(folder, 'target', 'function-lib');
  rmSync(library, { recursive: true, force: true });
  tell('Collecting the jars that it needs …');
  const words = ['-DincludeScope=runtime', `-DoutputDirectory=${library}`, COPY];
  const wrong = await maven(folder, words);
  if (wrong !== undefined) return buildFailed(wrong);
  const needed = existsSync(library) ? readdirSync(library).sort() : [];
  const paths = [jar, ...needed.map((name) => join(library, name))];
  const files = paths.map((path) => ({
    path: `lib/${basename(path).replace(/\.original$/, '')}`,
    bytes: readFileSync(path),
    executable: false,
  }));
  return ok({ zip: zipFiles(files), what: `${files.length} jars` });
}

/** Runs Maven to its end; answers undefined, or what it said was wrong. */
async function maven(folder: string, words: readonly string[]): Promise<string | undefined> {
  const program = existsSync(join(folder, 'mvnw')) ? './mvnw' : 'mvn';
  const end = await endOfBuilder([program, '-B', '-q', ...words], folder);
  if (end.kind === 'not-there')
    return `${program} is needed to build ${folder} and cannot be run: apt install maven.`;
  return end.kind === 'built' ? undefined : failureOf(program, folder, `${end.stdout}\n${end.stderr}`);
}

const MOST_LINES = 20;
/** How to use Maven, after what was wrong. */
const ADVICE = /^\[ERROR\] *$|re-run Maven|For more information about the errors|^\[ERROR\] \[Help \d+\]/i;

/** The lines that Maven marks as errors, without its advice on how to use Maven. */
function failureOf(program: string, folder: string, output: string): string {
  const lines = stripVTControlCharacters(output).split('\n');
  const errors = lines
    .filter((line) => /^\[(ERROR|FATAL)\]/.test(line) && !ADVICE.test(line))
    .map((line) => line.replace(/ -> \[Help \d+\]$/, ''));
  const said = (errors.length > 0 ? [...new Set(errors)] : lines).slice(0, MOST_LINES).join('\n').trim();
  return `${program} failed in ${folder}:\n${said}`;
}
