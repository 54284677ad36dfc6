import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url));
const LIMIT_MS = 600_000;

/** Starts a client that was built, for an endpoint. */
export type Built = (endpoint: string) => readonly [string, ...string[]];

/** The client of aws-sdk-go-v2, or a sentence why there is none. */
export async function goClient(): Promise<Built | string> {
  const source = fileURLToPath(new URL('go', import.meta.url));
  const made = await madeOnce('go-client-1', 'Go', async (folder) => {
    await run('go', ['build', '-o', join(folder, 'client'), '.'], { cwd: source, timeout: LIMIT_MS });
  });
  return made.ok ? (endpoint) => [join(made.folder, 'client'), endpoint] : made.why;
}

/** The client of the AWS SDK for Java 2, or a sentence why there is none. */
export async function javaClient(): Promise<Built | string> {
  const source = fileURLToPath(new URL('java', import.meta.url));
  const made = await madeOnce('java-client-2', 'Java with Maven', async (folder) => {
    await copyFile(join(source, 'pom.xml'), join(folder, 'pom.xml'));
    const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'];
    await run('mvn', goal, { cwd: folder, timeout: LIMIT_MS });
    const compile = ['-cp', join(folder, 'jars', '*'), '-d', folder, join(source, 'SqsLines.java')];
    await run('javac', compile, { timeout: LIMIT_MS });
  });
  if (!made.ok) return made.why;
  const classpath = `${made.folder}:${join(made.folder, 'jars', '*')}`;
  return (endpoint) => ['java', '-XX:TieredStopAtLevel=1', '-cp', classpath, 'SqsLines', endpoint];
}

/**
 * Makes a folder in the project's cache, unless it is there: in a sibling that is renamed when it is whole. Where `CI`
 * is `true` a failure is one; elsewhere it is a reason to skip. The name changes with what is made.
 */
async function madeOnce(
  name: string,
  needs: string,
  make: (folder: string) => Promise<void>,
): Promise<{ readonly ok: true; readonly folder: string } | { readonly ok: false; readonly why: string }> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return { ok: true, folder };
  const making = `${folder}.${process.pid}`;
  try {
    await mkdir(making, { recursive: true });
    await make(making);
    await rename(making, folder);
    return { ok: true, folder };
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (process.env['CI'] === 'true') throw error;
    return { ok: false, why: `no ${needs}: ${(error as Error).message.split('\n')[0]}` };
  }
}
