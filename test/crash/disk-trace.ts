/** One system call that changes a disk or writes to a connection, with all its arguments. Places are lines of the trace. */
export interface TracedCall {
  readonly name: string;
  /** Each as strace prints it: `20</path/to/file>`, `"text\n"`, `4096`, `[{iov_base="…", iov_len=8}]`. */
  readonly args: readonly string[];
  /** What it came to, and for a new descriptor the path behind it: `20</path/to/file>`. */
  readonly result: string;
  readonly begin: number;
  readonly end: number;
}

/** The calls by which a disk is changed, and those by which answers leave. */
export const DISK_CALLS = [
  ...['openat', 'open', 'creat', 'close', 'write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'ftruncate'],
  ...['truncate', 'fallocate', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'rmdir', 'mkdir'],
  ...['mkdirat', 'link', 'linkat', 'fsync', 'fdatasync', 'sendto', 'sendmsg', 'copy_file_range', 'sendfile'],
];

const UNFINISHED = ' <unfinished ...>';
const BEGUN = /^(\d+) +(\w+)\(/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>/;

/** Reads what `strace -f -yy` wrote; calls that failed, or were under way at the end, are left out. */
export function parseDiskTrace(output: string): TracedCall[] {
  const calls: TracedCall[] = [];
  const begun = new Map<string, { readonly text: string; readonly begin: number }>();
  output.split('\n').forEach((line, at) => {
    const resumed = RESUMED.exec(line);
    const [, process = ''] = resumed ?? BEGUN.exec(line) ?? [];
    if (process === '') return;
    const before = resumed === null ? undefined : begun.get(process);
    if (resumed !== null && before === undefined) return;
    const text = before === undefined ? line : before.text + line.slice(resumed?.[0].length);
    const begin = before?.begin ?? at;
    if (text.endsWith(UNFINISHED)) {
      begun.set(process, { text: text.slice(0, -UNFINISHED.length), begin });
      return;
    }
    begun.delete(process);
    const call = parseCall(text, begin, at);
    if (call !== undefined) calls.push(call);
  });
  return calls;
}

/** `PID name(arg, arg) = result`. */
function parseCall(text: string, begin: number, end: number): TracedCall | undefined {
  const [head = '', , name = ''] = BEGUN.exec(text) ?? [];
  const args: string[] = [];
  let depth = 0;
  let start = head.length;
  for (let at = head.length; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfText(text, at);
    else if (character === '<') at = endOfPlace(text, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    else if (depth === 0 && (character === ',' || character === ')')) {
      args.push(text.slice(start, at).trim());
      start = at + 1;
      if (character === ')') break;
    }
    if (at < 0) return undefined;
  }
  const result = /^ += (\d.*)$/.exec(text.slice(start))?.[1];
  return result === undefined ? undefined : { name, args, result, begin, end };
}

/** Where what stands behind a descriptor ends: `<path>`, or `<TCP:[127.0.0.1:1->127.0.0.1:2]>`. */
function endOfPlace(text: string, from: number): number {
  const isConnection = /^<\w+:\[/.test(text.slice(from, from + 20));
  const end = text.indexOf(isConnection ? ']>' : '>', from);
  return isConnection && end >= 0 ? end + 1 : end;
}

/** Where the text that begins at a quotation mark has its other one. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

const ESCAPED: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, '"': 34, '\\': 92 };

/** The bytes of a text as strace prints it, quotation marks included. Throws when strace has cut it short. */
export function bytesOf(quoted: string): Buffer {
  if (!quoted.startsWith('"') || !quoted.endsWith('"')) throw new Error(`cut short: ${quoted.slice(0, 80)}`);
  const bytes = Buffer.alloc(quoted.length);
  let size = 0;
  for (let at = 1; at < quoted.length - 1; at += 1) {
    if (quoted[at] !== '\\') {
      bytes[size++] = quoted.charCodeAt(at);
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(quoted.slice(at + 1, at + 4))?.[0];
    bytes[size++] = octal === undefined ? (ESCAPED[quoted[at + 1] ?? ''] ?? 0) : Number.parseInt(octal, 8);
    at += octal?.length ?? 1;
  }
  return bytes.subarray(0, size);
}
