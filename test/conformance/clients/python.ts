import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE } from './made-once.ts';

const run = promisify(execFile);
/** A Python with boto3, and the `aws` command beside it where it was asked for. */
export interface PythonClients {
  readonly python: string;
  readonly aws: string;
}

/** The clients of today, which speak JSON. */
export function pythonClients(): Promise<PythonClients | string> {
  return installed('python-clients', ['boto3==1.43.11', 'awscli==1.45.11']);
}

/** The last clients of Python that speak the Query protocol of SQS. */
export function queryPythonClients(): Promise<PythonClients | string> {
  return installed('python-query-clients', ['boto3==1.28.80', 'botocore==1.31.80', 'awscli==1.29.80']);
}

/** Python packages with the AWS CLI among them. */
async function installed(name: string, packages: readonly string[]): Promise<PythonClients | string> {
  const made = await installedPython(name, packages, 'aws');
  return typeof made === 'string' ? made : { python: join(made.bin, 'python'), aws: join(made.bin, 'aws') };
}

/**
 * The folder of programs of a Python with packages, which are installed into the project's cache when the program `one`
 * of theirs is not there. A text says why there are none: where `CI` is `true` that is a failure, elsewhere a reason to skip.
 */
export async function installedPython(
  name: string,
  packages: readonly string[],
  one: string,
): Promise<{ readonly bin: string } | string> {
  const folder = join(CACHE, name);
  const bin = join(folder, 'bin');
  if (existsSync(join(bin, one))) return { bin };
  try {
    await install(folder, packages);
    return { bin };
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return `no Python with ${packages.join(' and ')}: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** Made in its place, which its scripts know, and taken away when that fails. */
async function install(folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
