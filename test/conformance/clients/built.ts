import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { madeOnce, MAKING_MS } from './made-once.ts';

const run = promisify(execFile);

/** The command that starts a client that was built, for an endpoint. */
export type Built = (endpoint: string) => readonly [string, ...string[]];

/** The client of aws-sdk-go-v2, or a sentence why there is none. */
export async function goClient(): Promise<Built | string> {
  const source = fileURLToPath(new URL('go', import.meta.url));
  const made = await madeOnce('go-client-1', 'Go', async (folder) => {
    await run('go', ['build', '-o', join(folder, 'client'), '.'], { cwd: source, timeout: MAKING_MS });
  });
  return made.ok ? (endpoint) => [join(made.folder, 'client'), endpoint] : made.why;
}

/** The client of the AWS SDK for Java 2, or a sentence why there is none. */
export async function javaClient(): Promise<Built | string> {
  const source = fileURLToPath(new URL('java', import.meta.url));
  const made = await madeOnce('java-client-1', 'Java with Maven', async (folder) => {
    await copyFile(join(source, 'pom.xml'), join(folder, 'pom.xml'));
    const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'];
    await run('mvn', goal, { cwd: folder, timeout: MAKING_MS });
    const compile = ['-cp', join(folder, 'jars', '*'), '-d', folder, join(source, 'SqsLines.java')];
    await run('javac', compile, { timeout: MAKING_MS });
  });
  if (!made.ok) return made.why;
  const classpath = `${made.folder}:${join(made.folder, 'jars', '*')}`;
  return (endpoint) => ['java', '-XX:TieredStopAtLevel=1', '-cp', classpath, 'SqsLines', endpoint];
}
