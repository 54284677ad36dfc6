import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result } from '../base/result.ts';
import { holds } from './folder.ts';

/** Why the dependencies could not be brought: a sentence. */
export interface DependenciesFailed {
  readonly kind: 'dependencies-failed';
  readonly what: string;
}

/**
 * Brings what the folder names and does not hold: npm packages of package.json into node_modules,
 * Python packages of requirements.txt beside the code. `tell` gets one line per step.
 */
export async function bringDependencies(
  folder: string,
  tell: (line: string) => void,
): Promise<Result<void, DependenciesFailed>> {
  const missing = missingNpmPackages(folder);
  if (missing === undefined) {
    const what = `${join(folder, 'package.json')} is not a JSON object: mend it first.`;
    return failed({ kind: 'dependencies-failed', what });
  }
  if (missing.length > 0) {
    tell(`Installing ${missing.join(', ')} with npm …`);
    const lock = holds(folder, 'package-lock.json') ? 'ci' : 'install';
    const end = await run('npm', [lock, '--omit=dev', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
    if (end !== undefined) return failed({ kind: 'dependencies-failed', what: end });
  }
  if (holds(folder, 'requirements.txt') && missingPythonPackages(folder)) {
    tell('Installing the packages of requirements.txt with pip …');
    const end = await run(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--target', '.', '-r', 'requirements.txt'],
      folder,
    );
    if (end !== undefined) return failed({ kind: 'dependencies-failed', what: end });
  }
  return ok(undefined);
}

/** Packages that package.json names as dependencies and node_modules lacks; undefined when it cannot be read. */
export function missingNpmPackages(folder: string): string[] | undefined {
  if (!holds(folder, 'package.json')) return [];
  const named = jsonOf(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof named !== 'object' || named === null) return undefined;
  const { dependencies } = named as { dependencies?: Record<string, string> };
  return Object.keys(dependencies ?? {}).filter(
    (name) => !holds(folder, `node_modules/${name}/package.json`),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** True when requirements.txt names a package that is not beside the code. */
export function missingPythonPackages(folder: string): boolean {
  const lines = readFileSync(join(folder, 'requirements.txt'), 'utf8').split('\n');
  const names = lines
    .map((line) => /^[A-Za-z0-9_.-]+/.exec(line.trim())?.[0])
    .filter((name) => name !== undefined && !name.startsWith('-'));
  const here = new Set(readdirSync(folder).map(pythonPackage));
  return names.some((name) => !here.has(pythonPackage(name ?? '')));
}

/** The name of a package by PEP 503, of its module, its file, or the `.dist-info` folder that pip leaves for it. */
function pythonPackage(text: string): string {
  const name = text.replace(/-[^-]*\.dist-info$/, '').replace(/\.py$/, '');
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** Runs a program to its end; answers a sentence when it failed. */
function run(program: string, options: readonly string[], folder: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, options, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', () =>
      resolve(`${program} is needed to install the folder's dependencies, and is not on this machine.`),
    );
    child.on('close', (code) => {
      resolve(code === 0 ? undefined : `${program} ${options[0]} failed in ${folder}:\n${output.trim()}`);
    });
  });
}
