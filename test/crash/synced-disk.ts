import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bytesOf, type TracedCall } from './disk-trace.ts';

const NOTHING = Buffer.alloc(0);

/** A file: what programs see in it, and what a power cut would leave of it. */
class Inode {
  content: Buffer = NOTHING;
  synced: Buffer = NOTHING;
}

/** A folder: the names that programs see in it, and those that a power cut would leave. */
class Folder {
  names = new Map<string, Inode | Folder>();
  synced: ReadonlyMap<string, Inode | Folder> = new Map();
}

/**
 * A disk as strictly as POSIX allows it: written bytes are kept once their file is synced, names once their folder is. It is made
 * from a trace, and knows what a power cut at any place of the trace would leave.
 */
export class SyncedDisk {
  readonly #root: string;
  readonly #folder = new Folder();
  readonly #calls: readonly TracedCall[];
  readonly #positions = new Map<string, number>();

  /** `root` is a folder that was there, and durable, before the traced program began. */
  constructor(root: string, calls: readonly TracedCall[]) {
    this.#root = root;
    this.#calls = calls;
  }

  /** Writes what is kept of everything that ended before a place of the trace into an empty folder. */
  static writeAt(place: number, target: string, root: string, calls: readonly TracedCall[]): void {
    const disk = new SyncedDisk(root, calls);
    disk.#replayUntil(place);
    writeFolder(disk.#folder, target);
  }

  #replayUntil(place: number): void {
    // A sync keeps what had been written when it began; everything else happens at its end.
    const steps = this.#calls
      .filter(({ end }) => end < place)
      .flatMap((call) => [
        { at: call.end, call, begins: false },
        ...(isSync(call) ? [{ at: call.begin, call, begins: true }] : []),
      ])
      .sort((one, other) => one.at - other.at || Number(other.begins) - Number(one.begins));
    const kept = new Map<TracedCall, () => void>();
    for (const { call, begins } of steps) {
      if (begins) kept.set(call, this.#snapshot(call));
      else if (isSync(call)) kept.get(call)?.();
      else this.#apply(call);
    }
  }

  #snapshot({ args }: TracedCall): () => void {
    const found = this.#find(pathOf(args[0]));
    if (found instanceof Folder) {
      const names = new Map(found.names);
      return () => void (found.synced = names);
    }
    const content = Buffer.from(found?.content ?? NOTHING);
    return () => void (found && (found.synced = content));
  }

  #apply({ name, args, result }: TracedCall): void {
    switch (name) {
      case 'openat':
      case 'open':
      case 'creat':
        return this.#open(args.join(), result);
      case 'write':
      case 'writev':
        return this.#write(args[0], args[1], undefined);
      case 'pwrite64':
      case 'pwritev':
      case 'pwritev2':
        return this.#write(args[0], args[1], Number(args[3]));
      case 'ftruncate':
        return this.#resize(pathOf(args[0]), Number(args[1]));
      case 'truncate':
        return this.#resize(textOf(args[0]), Number(args[1]));
      case 'mkdir':
        return this.#put(textOf(args[0]), new Folder());
      case 'unlink':
      case 'rmdir':
        return this.#take(textOf(args[0]));
      case 'unlinkat':
        return this.#take(textOf(args[1]));
      case 'rename':
        return this.#move(textOf(args[0]), textOf(args[1]));
      case 'renameat':
      case 'renameat2':
        return this.#move(textOf(args[1]), textOf(args[3]));
      case 'link':
        return this.#put(textOf(args[1]), this.#find(textOf(args[0])));
      case 'linkat':
        return this.#put(textOf(args[3]), this.#find(textOf(args[1])));
      case 'fallocate':
      case 'copy_file_range':
      case 'sendfile':
      case 'mkdirat':
        if (args.some((arg) => this.#isInside(pathOf(arg)))) throw new Error(`${name} cannot be replayed`);
    }
  }

  #open(args: string, result: string): void {
    const path = pathOf(result);
    if (!this.#isInside(path)) return;
    this.#positions.set(result, 0);
    const inode = this.#find(path);
    if (inode === undefined && args.includes('O_CREAT')) this.#put(path, new Inode());
    else if (args.includes('O_TRUNC') && inode instanceof Inode) inode.content = NOTHING;
    if (args.includes('O_APPEND') && inode instanceof Inode)
      this.#positions.set(result, inode.content.length);
  }

  /** Without a place the bytes go behind those that the same descriptor wrote before. */
  #write(descriptor: string | undefined, text: string | undefined, place: number | undefined): void {
    const inode = this.#find(pathOf(descriptor));
    if (!(inode instanceof Inode)) return;
    const bytes = bytesIn(text);
    const at = place ?? this.#positions.get(descriptor ?? '') ?? 0;
    if (place === undefined) this.#positions.set(descriptor ?? '', at + bytes.length);
    if (at + bytes.length > inode.content.length) inode.content = resized(inode.content, at + bytes.length);
    bytes.copy(inode.content, at);
  }

  #resize(path: string, size: number): void {
    const inode = this.#find(path);
    if (inode instanceof Inode) inode.content = resized(inode.content, size);
  }

  #move(from: string, to: string): void {
    const found = this.#find(from);
    if (found === undefined) return;
    this.#take(from);
    this.#put(to, found);
  }

  #put(path: string, what: Inode | Folder | undefined): void {
    const folder = this.#isInside(path) ? this.#find(dirname(path)) : undefined;
    if (folder instanceof Folder && what !== undefined) folder.names.set(basename(path), what);
  }

  #take(path: string): void {
    const folder = this.#isInside(path) ? this.#find(dirname(path)) : undefined;
    if (folder instanceof Folder) folder.names.delete(basename(path));
  }

  #isInside(path: string): boolean {
    return path.startsWith(`${this.#root}/`);
  }

  #find(path: string): Inode | Folder | undefined {
    if (path === this.#root) return this.#folder;
    if (!this.#isInside(path)) return undefined;
    let found: Inode | Folder | undefined = this.#folder;
    for (const name of path.slice(this.#root.length + 1).split('/'))
      found = found instanceof Folder ? found.names.get(name) : undefined;
    return found;
  }
}

function writeFolder(folder: Folder, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const [name, found] of folder.synced) {
    if (found instanceof Folder) writeFolder(found, join(target, name));
    else writeFileSync(join(target, name), found.synced);
  }
}

function resized(content: Buffer, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  content.copy(bytes);
  return bytes;
}

function isSync({ name }: TracedCall): boolean {
  return name === 'fsync' || name === 'fdatasync';
}

/** The path behind a descriptor: `20</path>`. */
function pathOf(descriptor: string | undefined): string {
  return /^(?:\d+|AT_FDCWD)<(.*)>$/.exec(descriptor ?? '')?.[1] ?? '';
}

function textOf(quoted: string | undefined): string {
  return bytesOf(quoted ?? '').toString();
}

/** The bytes of one text, or of a list of `{iov_base="…", iov_len=…}`. */
function bytesIn(argument = ''): Buffer {
  if (argument.startsWith('"')) return bytesOf(argument);
  const texts = argument.match(/"(?:\\.|[^"\\])*"(?:\.\.\.)?/g) ?? [];
  return Buffer.concat(texts.map((text) => bytesOf(text)));
}
