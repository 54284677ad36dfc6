import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** AWS's client speaks HTTP by a native library: this one, beside its jars. */
export const CLIENT_LIBRARY = 'libaws-lambda-jni.so';

/**
 * The client's own property: the library to load. Without it, each start unpacks one to a fixed name in /tmp, which ends whoever
 * shares that folder and has the file in use.
 */
export const LIBRARY_PROPERTY =
  'com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI';

const PROCESSORS: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch_64' };

/** What a machine's processor (as Node calls it) and C library are. */
export interface Machine {
  readonly arch: string;
  readonly libc: 'glibc' | 'musl';
}

/** Unpacks the library for this machine from the client's jar. @throws when there is none for it. */
export async function unpackLibrary(jar: Uint8Array, folder: string, machine?: Machine): Promise<void> {
  const { arch, libc } = machine ?? (await here());
  const name = `jni/libaws-lambda-jni.linux${libc === 'musl' ? '_musl' : ''}-${PROCESSORS[arch]}.so`;
  // Only here: the tables that it makes would cost each start some milliseconds.
  const { unzipSync } = await import('fflate');
  const library = unzipSync(jar, { filter: (file) => file.name === name })[name];
  if (library === undefined)
    throw new Error(`AWS's client for Java has no library for ${arch} with ${libc}.`);
  await writeFile(join(folder, CLIENT_LIBRARY), library);
}

/** The machine's C library is taken to be the one that this process runs with. */
async function here(): Promise<Machine> {
  const loaded = await readFile('/proc/self/maps', 'utf8');
  return { arch: process.arch, libc: loaded.includes('/ld-musl-') ? 'musl' : 'glibc' };
}
