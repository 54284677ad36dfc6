import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BroughtPart } from './brought-parts.ts';

/** AWS's Node runtimes bring its whole SDK: these are its clients for what this platform serves. */
const CLIENTS = ['@aws-sdk/client-sqs', '@aws-sdk/client-lambda'] as const;
const PACKAGES = `${sep}node_modules${sep}`;
/** What a program on Node never loads. */
const UNUSED = /(^|\/)(node_modules|dist-es|dist-types)(\/|$)|\.d\.[cm]?ts$|\.map$/;

/**
 * The clients of AWS's SDK that functions on Node find without bringing them: copies of those that the platform itself
 * uses, with all that they load. Undefined where they are not installed, or in a way that shows no folder of packages.
 */
export async function nodeSdkPart(): Promise<BroughtPart | undefined> {
  const [client] = CLIENTS;
  const entry = entryOf(client);
  if (entry === undefined) return undefined;
  const at = entry.lastIndexOf(`${PACKAGES}${client}`);
  if (at === -1) return undefined;
  const root = join(entry.slice(0, at), 'node_modules');
  const versions = await Promise.all(CLIENTS.map(async (name) => (await described(root, name)).version));
  return {
    name: 'aws-sdk-js',
    version: versions.join('-'),
    line: 'nodejs: copying the clients of the AWS SDK for SQS and Lambda',
    make: async (folder) => {
      for (const path of await needed(root)) await copyPackage(join(root, path), join(folder, path));
    },
  };
}

/** The file that a program loads when it imports the package; undefined when the package is not installed. */
function entryOf(name: string): string | undefined {
  try {
    return fileURLToPath(import.meta.resolve(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function copyPackage(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => !UNUSED.test(relative(from, path)) });
}

/** The folders below `root` of the clients and of every package that they load. */
async function needed(root: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>(CLIENTS);
  for (const path of found) {
    const { dependencies = {} } = await described(root, path);
    for (const name of Object.keys(dependencies)) found.add(placeOf(root, path, name));
  }
  return found;
}

/** Where a package that stands at `from` finds another, as Node looks: beside its own packages, then further up. */
function placeOf(root: string, from: string, name: string): string {
  for (let folder = from; folder !== '.'; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(join(root, path))) return path;
  }
  return name;
}

interface Described {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

async function described(root: string, path: string): Promise<Described> {
  return JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8')) as Described;
}
