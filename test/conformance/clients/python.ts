import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGES = ['boto3==1.43.11', 'awscli==1.45.11'];
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/python-clients', import.meta.url));

/** A Python with boto3, and the `aws` command beside it. */
export interface PythonClients {
  readonly python: string;
  readonly aws: string;
}

/**
 * The Python clients, installed into a folder of the project's cache when they are not there.
 * A text says why there are none: where `CI` is `true` that is a failure, elsewhere a reason to skip.
 */
export async function pythonClients(): Promise<PythonClients | string> {
  if (!existsSync(join(CACHE, 'bin', 'aws'))) {
    try {
      await install();
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      return `no Python with ${PACKAGES.join(' and ')}: ${(error as Error).message.split('\n')[0]}`;
    }
  }
  return { python: join(CACHE, 'bin', 'python'), aws: join(CACHE, 'bin', 'aws') };
}

/** Scripts of a virtual environment know its path: it is made in its place, and taken away when that fails. */
async function install(): Promise<void> {
  await mkdir(join(CACHE, '..'), { recursive: true });
  try {
    await run('python3', ['-m', 'venv', CACHE]);
    await run(join(CACHE, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  } catch (error) {
    await rm(CACHE, { recursive: true, force: true });
    throw error;
  }
}
