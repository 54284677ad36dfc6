import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BroughtPart } from './brought-parts.ts';
import { unpackLibrary } from './java-library.ts';

interface Library {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** AWS's runtime interface client for Java and what it needs, as Maven Central serves them. */
const LIBRARIES: readonly Library[] = [
  {
    group: 'com.amazonaws',
    name: 'aws-lambda-java-runtime-interface-client',
    version: '2.10.1',
    sha256: 'b0dd01f45b7258da0e32ade0bff950b12d0cf279ccebf416ad8c3795af21f1db',
  },
  {
    group: 'com.amazonaws',
    name: 'aws-lambda-java-core',
    version: '1.4.0',
    sha256: '575c24393cc1ad645e83e618956eabd89ffe8cc09efae2cb62bc6589154d68ed',
  },
  {
    group: 'com.amazonaws',
    name: 'aws-lambda-java-serialization',
    version: '1.2.0',
    sha256: '1513c1f945a3213f916a4b2de1760c97b51d84d110f82bbbcf9cfac53d5651e7',
  },
  {
    group: 'software.amazon.awssdk',
    name: 'utils-lite',
    version: '2.34.0',
    sha256: 'efaf784f07ae526f0b5c89d71ef21cf16636131c47d44616e3df9bedc3f4f89a',
  },
];

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** Class data archives name the time of each jar that they were made from: the same jars keep theirs. */
const FIXED_TIME = new Date('2026-01-01T00:00:00Z');

/** Maven keeps what it fetches in the home of its user; one without a home gets a folder for this once. */
const NO_REPOSITORY = /create local repository/;
const OWN_REPOSITORY = 'repository';

/** The client's main class. */
export const CLIENT_CLASS = 'com.amazonaws.services.lambda.runtime.api.client.AWSLambda';

/** Its jars, in the order of the class path. */
export const CLIENT_JARS: readonly string[] = LIBRARIES.map(({ name, version }) => `${name}-${version}.jar`);

/** Names the folder of jars and library; class data archives name the jars in it by their paths. */
export const CLIENT_VERSION = `${LIBRARIES[0]?.version}-2`;

/**
 * The client's jars and native library as one folder, fetched by Maven, which is the program `maven`, and checked against their
 * digests.
 */
export function javaClient(maven = 'mvn'): BroughtPart {
  const version = LIBRARIES[0]?.version;
  return {
    name: 'aws-lambda-java',
    version: CLIENT_VERSION,
    line: `java: fetching aws-lambda-java-runtime-interface-client ${version} by Maven`,
    make: async (folder) => {
      const project = join(folder, 'pom.xml');
      await writeFile(project, projectText());
      const words = ['-f', project, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`, COPY];
      await run(maven, ['-B', '-q', ...words]).catch((error: unknown) => {
        if (!NO_REPOSITORY.test((error as Error).message)) throw error;
        return run(maven, ['-B', '-q', `-Dmaven.repo.local=${join(folder, OWN_REPOSITORY)}`, ...words]);
      });
      await rm(project);
      await rm(join(folder, OWN_REPOSITORY), { recursive: true, force: true });
      // In their order: of several that are wrong, the first is told.
      const jars: Buffer[] = [];
      for (const each of LIBRARIES) jars.push(await checked(each, folder));
      const [client = Buffer.alloc(0)] = jars;
      await unpackLibrary(client, folder);
    },
  };
}

/** A project that consists of these libraries and none that they name. */
function projectText(): string {
  const all =
    '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';
  const dependencies = LIBRARIES.map(
    ({ group, name, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>${all}</dependency>`,
  );
  return (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>' +
    '<groupId>millrace</groupId><artifactId>java-client</artifactId><version>1</version>' +
    `<dependencies>${dependencies.join('')}</dependencies></project>`
  );
}

function run(maven: string, words: readonly string[]): Promise<void> {
  const child = spawn(maven, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-2000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.on('error', () =>
      reject(new Error('Maven is needed to fetch it and is not on this machine: apt install maven.')),
    );
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`mvn failed: ${firstError(output)}`)),
    );
  });
}

function firstError(output: string): string {
  const line = output.split('\n').find((text) => text.includes('[ERROR]')) ?? output.trim();
  return line
    .replace(/^.*\[ERROR\]\s*/, '')
    .replace(/ -> \[Help 1\].*/, '')
    .slice(0, 400);
}

async function checked({ name, version, sha256 }: Library, folder: string): Promise<Buffer> {
  const path = join(folder, `${name}-${version}.jar`);
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(`${name}-${version}.jar is not the one that is known (${found}).`);
  await utimes(path, FIXED_TIME, FIXED_TIME);
  return bytes;
}
