import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
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
  if (missingNpmPackages(folder).length > 0) {
    tell(`Installing ${missingNpmPackages(folder).join(', ')} with npm …`);
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

/** Packages that package.json names as dependencies and node_modules lacks. */
export function missingNpmPackages(folder: string): string[] {
  if (!holds(folder, 'package.json')) return [];
  const named = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(named.dependencies ?? {}).filter(
    (name) => !holds(folder, `node_modules/${name}/package.json`),
  );
}

/** pip leaves a `.dist-info` folder for each package: with as many as lines, nothing is missing. */
function missingPythonPackages(folder: string): boolean {
  const lines = readFileSync(join(folder, 'requirements.txt'), 'utf8').split('\n');
  const names = lines
    .map((line) => /^[A-Za-z0-9_.-]+/.exec(line.trim())?.[0])
    .filter((name) => name !== undefined);
  return names.some((name) => {
    const module = name.toLowerCase().replaceAll(/[-.]+/g, '_');
    return [module, `${module}.py`].every(
      (path) => statSync(join(folder, path), { throwIfNoEntry: false }) === undefined,
    );
  });
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
