import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result } from '../base/result.ts';
import type { BuildFailed } from './builder.ts';
import { holds, readFolder } from './folder.ts';
import type { Content, Guess, NoGuess } from './guess.ts';
import { zipFiles } from './zip.ts';

/** The builders; others only in tests. */
export interface DotnetBuilders {
  readonly dotnet: string;
  readonly mcs: string;
}

/** Where AWS's own tool for .NET keeps what it deploys a project with. */
const DEFAULTS = 'aws-lambda-tools-defaults.json';
const OUTPUT = join('bin', 'function');
const BUILDERS: DotnetBuilders = { dotnet: 'dotnet', mcs: 'mcs' };

/** What a project file says, as far as it matters here. */
interface Project {
  readonly file: string;
  readonly assembly: string;
  readonly isProgram: boolean;
  readonly hasPackages: boolean;
}

/** True when this folder is a .NET project. */
export function holdsDotnetProject(folder: string): boolean {
  return projectFile(folder) !== undefined;
}

/**
 * Builds a .NET project: by the SDK where it is installed, else by mono's compiler, which brings no packages.
 * Runtime and handler come from the file that AWS's own tool reads.
 */
export async function dotnetContent(
  folder: string,
  tell: (line: string) => void,
  builders = BUILDERS,
): Promise<Result<Content, BuildFailed>> {
  const project = readProject(folder);
  const output = join(folder, OUTPUT);
  rmSync(output, { recursive: true, force: true });
  const hasSdk = ((await run(builders.dotnet, ['--list-sdks'], folder)).said ?? '').trim() !== '';
  const build = hasSdk ? publish : compile;
  const wrong = await build(folder, project, { output, tell, builders });
  if (wrong !== undefined) return failed({ kind: 'build-failed', what: wrong });
  const files = readFolder(output);
  return ok({ zip: zipFiles(files), what: `${files.length} files`, guess: guessOf(folder, project) });
}

interface Build {
  readonly output: string;
  readonly tell: (line: string) => void;
  readonly builders: DotnetBuilders;
}

async function publish(folder: string, project: Project, build: Build): Promise<string | undefined> {
  build.tell('Building with the .NET SDK …');
  const words = ['publish', project.file, '-c', 'Release', '-o', build.output, '--nologo', '-v', 'quiet'];
  const { wrong } = await run(build.builders.dotnet, words, folder);
  return wrong === undefined ? undefined : `dotnet publish failed in ${folder}:\n${wrong}`;
}

async function compile(folder: string, project: Project, build: Build): Promise<string | undefined> {
  const sdk = 'the .NET SDK (dotnet-sdk-8.0, from your distribution or Microsoft’s packages)';
  if (!project.file.endsWith('.csproj')) return `${project.file} needs ${sdk}.`;
  if (project.hasPackages) return `${project.file} needs NuGet packages, and they need ${sdk}.`;
  const { isMissing } = await run(build.builders.mcs, ['--version'], folder);
  if (isMissing === true)
    return `${folder} is built by ${sdk}, or by mono’s compiler: apt-get install mono-mcs.`;
  build.tell('Building with mono’s compiler …');
  mkdirSync(build.output, { recursive: true });
  const target = project.isProgram ? 'exe' : 'library';
  const output = join(build.output, `${project.assembly}.dll`);
  const words = ['-nologo', `-target:${target}`, `-out:${output}`, ...sources(folder)];
  const { wrong } = await run(build.builders.mcs, words, folder);
  return wrong === undefined ? undefined : `mcs failed in ${folder}:\n${wrong}`;
}

function sources(folder: string): string[] {
  const files = readFolder(folder).map(({ path }) => path);
  return files.filter((path) => path.endsWith('.cs') && !/(^|\/)(bin|obj)\//.test(path));
}

function projectFile(folder: string): string | undefined {
  return readdirSync(folder).find((name) => /\.(?:cs|fs|vb)proj$/.test(name));
}

function readProject(folder: string): Project {
  const file = projectFile(folder) ?? '';
  const text = readFileSync(join(folder, file), 'utf8');
  return {
    file,
    assembly: /<AssemblyName>\s*([^<\s]+)\s*</.exec(text)?.[1] ?? file.replace(/\.\w+proj$/, ''),
    isProgram: /<OutputType>\s*(?:Win)?Exe\s*</i.test(text),
    hasPackages: /<PackageReference\s/.test(text),
  };
}

function guessOf(folder: string, project: Project): Result<Guess, NoGuess> {
  const told = holds(folder, DEFAULTS) ? readFileSync(join(folder, DEFAULTS), 'utf8') : '{}';
  const member = (name: string): string | undefined =>
    new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(told)?.[1];
  const handler = member('function-handler') ?? (project.isProgram ? project.assembly : undefined);
  if (handler !== undefined) return ok({ runtime: member('function-runtime') ?? 'dotnet8', handler });
  const example = `${project.assembly}::Namespace.Class::Method`;
  return failed({
    kind: 'no-guess',
    what: `${folder} does not say which method handles events: name --runtime and --handler (${example}), or put "function-handler" into ${DEFAULTS}.`,
  });
}

/** What a program says when it ends well, or what it says is wrong. */
interface Said {
  readonly said?: string;
  readonly wrong?: string;
  readonly isMissing?: boolean;
}

const MOST_LINES = 20;

function run(program: string, args: readonly string[], cwd: string): Promise<Said> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, maxBuffer: 16_777_216 }, (error, printed, complaint) => {
      if (error === null) return resolve({ said: printed });
      if (error.code === 'ENOENT') return resolve({ wrong: `${program} is missing`, isMissing: true });
      const lines = `${complaint}\n${printed}`.split('\n').filter((line) => /\berror\b/i.test(line));
      resolve({ wrong: lines.slice(0, MOST_LINES).join('\n') || error.message });
    });
  });
}
