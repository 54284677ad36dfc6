import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openPromise } from 'yauzl';
import { classFileVersion } from './class-file.ts';

/** The class that a handler names: `example.Orders` in `example.Orders::handleRequest`. */
export function handlerClass(handler: string): string {
  return handler.split('::')[0] ?? handler;
}

/** The jars of a package's `lib`, sorted as the client sorts them. */
export async function jarsOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'lib')).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.jar')).sort();
}

/** The class file version of the handler's class, at the root of the package or in one of its jars. */
export async function handlerVersion(folder: string, handler: string): Promise<number | undefined> {
  const path = `${handlerClass(handler).replaceAll('.', '/')}.class`;
  if (path.split('/').includes('..')) return undefined;
  const bytes = await firstBytes(join(folder, path));
  if (bytes !== undefined) return classFileVersion(bytes);
  for (const jar of await jarsOf(folder)) {
    const found = await fromJar(join(folder, 'lib', jar), path).catch(() => undefined);
    if (found !== undefined) return classFileVersion(found);
  }
  return undefined;
}

const HEAD_BYTES = 8;

async function firstBytes(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  await using _closed = { [Symbol.asyncDispose]: () => file.close() };
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

async function fromJar(jar: string, path: string): Promise<Uint8Array | undefined> {
  const zip = await openPromise(jar, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== path) continue;
      for await (const chunk of await zip.openReadStreamPromise(entry)) return chunk as Buffer;
    }
    return undefined;
  } finally {
    zip.close();
  }
}
