import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { failed, ok, type Result } from '../base/result.ts';
import type { PackageRefused } from './functions.ts';
import { LARGEST_UNPACKED_BYTES, LARGEST_ZIP_BYTES, MOST_PACKAGE_ENTRIES } from './limits.ts';
import { misplacedEntry } from './package-paths.ts';

/** One entry of a package that may be unpacked: its path is relative, clean and unlike every other. */
export interface PackageEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly executable: boolean;
  readonly entry: Entry;
}

/** A package whose directory has been read and found harmless; its bytes are not unpacked yet. */
export interface OpenPackage {
  readonly zip: ZipFile;
  readonly entries: readonly PackageEntry[];
  readonly unpackedBytes: number;
}

const UNIX = 3;
const FILE_KIND = 0o170000;
const LINK = 0o120000;

/**
 * Reads a zip by its central directory and checks everything that can be known before unpacking:
 * sizes, number of entries, paths that leave the package, duplicates, encryption.
 */
export async function openPackage(bytes: Uint8Array): Promise<Result<OpenPackage, PackageRefused>> {
  if (bytes.length > LARGEST_ZIP_BYTES) {
    return tooLarge(`The zip file has ${bytes.length} bytes; ${LARGEST_ZIP_BYTES} are allowed.`);
  }
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const zip = await fromBufferPromise(buffer, { lazyEntries: true, autoClose: false });
    return await readDirectory(zip);
  } catch (error) {
    return failed(notUnzipped(error));
  }
}

async function readDirectory(zip: ZipFile): Promise<Result<OpenPackage, PackageRefused>> {
  if (zip.entryCount > MOST_PACKAGE_ENTRIES) {
    return tooLarge(`The package has ${zip.entryCount} entries; ${MOST_PACKAGE_ENTRIES} are allowed.`);
  }
  const entries: PackageEntry[] = [];
  let unpackedBytes = 0;
  for await (const entry of zip.eachEntry()) {
    unpackedBytes += entry.uncompressedSize;
    if (unpackedBytes > LARGEST_UNPACKED_BYTES) {
      return tooLarge(`Unzipped size must be smaller than ${LARGEST_UNPACKED_BYTES} bytes`);
    }
    if (entry.isEncrypted()) return refused(`${entry.fileName} is encrypted.`);
    entries.push(readEntry(entry));
  }
  const files = entries.filter((entry) => entry.kind !== 'folder');
  if (files.length === 0) return refused('Uploaded file must be a non-empty zip');
  const misplaced = misplacedEntry(entries);
  return misplaced === undefined ? ok({ zip, entries, unpackedBytes }) : refused(misplaced);
}

function readEntry(entry: Entry): PackageEntry {
  const mode = entry.versionMadeBy >> 8 === UNIX ? entry.externalFileAttributes >>> 16 : 0;
  const isFolder = entry.fileName.endsWith('/');
  const kind = isFolder ? 'folder' : (mode & FILE_KIND) === LINK ? 'link' : 'file';
  const path = entry.fileName
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  return { path, kind, executable: (mode & 0o111) !== 0, entry };
}

/** What the reader of zips found wrong, behind AWS's sentence. */
export function notUnzipped(error: unknown): PackageRefused {
  const why = (error as Error).message.replace(/\.$/, '');
  const reason = `Could not unzip uploaded file. Please check your file, then try to upload again. (${why})`;
  return { kind: 'package-refused', reason };
}

function refused(reason: string): { readonly ok: false; readonly failure: PackageRefused } {
  return failed({ kind: 'package-refused', reason });
}

function tooLarge(reason: string): { readonly ok: false; readonly failure: PackageRefused } {
  return failed({ kind: 'package-too-large', reason });
}
