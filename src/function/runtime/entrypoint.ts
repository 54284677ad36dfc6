import { access, constants, open, stat } from 'node:fs/promises';

/** What is wrong with a program that a package brings: what the kernel says when it is to run it, and what to do. */
export interface WrongEntrypoint {
  /** In the kernel's words: `exec format error`. */
  readonly error: string;
  /** A sentence for its owner. */
  readonly advice: string;
}

/** e_machine of elf.h, with the name that builders use; and how Node names the same. */
const PROCESSORS: Readonly<Record<number, { readonly name: string; readonly node: string }>> = {
  3: { name: 'i386', node: 'ia32' },
  40: { name: 'arm', node: 'arm' },
  62: { name: 'x86_64', node: 'x64' },
  183: { name: 'aarch64', node: 'arm64' },
  243: { name: 'riscv64', node: 'riscv64' },
};
/** Folders that environments have from this machine: what is not in them here is not in them inside. */
const MACHINE_FOLDERS = /^\/(?:usr|bin|sbin|lib\w*)\//;
const HEAD_BYTES = 4096;
const PT_INTERP = 3;

/** Looks at the program as the kernel will; undefined when it can be started, as far as can be seen. */
export async function wrongEntrypoint(
  path: string,
  architecture: string,
): Promise<WrongEntrypoint | undefined> {
  const head = await headOf(path);
  if (head.subarray(0, 4).toString('latin1') === '\x7fELF') return wrongBinary(head, architecture);
  if (head.subarray(0, 2).toString('latin1') === '#!') return wrongScript(head.toString('utf8'));
  const advice =
    'It is neither a program for Linux nor a script whose first line names its interpreter (#!/bin/sh).';
  return { error: 'exec format error', advice };
}

/** True when somebody may execute it. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

async function wrongBinary(head: Buffer, architecture: string): Promise<WrongEntrypoint | undefined> {
  if (head.length < 64)
    return { error: 'exec format error', advice: 'The file is cut short: upload it whole.' };
  const machine = head.readUInt16LE(18);
  const processor = PROCESSORS[machine] ?? { name: `processor ${machine}`, node: '' };
  if (processor.node !== architecture) {
    const here = Object.values(PROCESSORS).find(({ node }) => node === architecture)?.name ?? architecture;
    const advice = `It is built for ${processor.name}, and this machine is ${here}: build it for ${here}.`;
    return { error: 'exec format error', advice };
  }
  const loader = head[4] === 2 ? loaderOf(head) : undefined;
  if (loader === undefined || !(await isMissingHere(loader))) return undefined;
  const advice = `It needs ${loader}, which this machine lacks: build it for this machine's C library, or statically.`;
  return { error: 'no such file or directory', advice };
}

/** The dynamic loader that a 64-bit program asks for, where its name stands near the beginning, as it does. */
function loaderOf(head: Buffer): string | undefined {
  const tableAt = Number(head.readBigUInt64LE(32));
  const [sizeBytes, count] = [head.readUInt16LE(54), head.readUInt16LE(56)];
  for (let index = 0; index < count; index += 1) {
    const at = tableAt + index * sizeBytes;
    if (at + 40 > head.length) return undefined;
    if (head.readUInt32LE(at) !== PT_INTERP) continue;
    const nameAt = Number(head.readBigUInt64LE(at + 8));
    const lengthBytes = Number(head.readBigUInt64LE(at + 32));
    return head
      .subarray(nameAt, nameAt + lengthBytes)
      .toString('latin1')
      .replace(/\0.*$/, '');
  }
  return undefined;
}

async function wrongScript(text: string): Promise<WrongEntrypoint | undefined> {
  const line = text.slice(2).split('\n')[0] ?? '';
  if (line.endsWith('\r')) {
    const advice = 'Its lines end as on Windows (CR LF): save it with the line ends of Unix (LF).';
    return { error: 'no such file or directory', advice };
  }
  const interpreter = line.trim().split(/\s+/)[0] ?? '';
  if (!(await isMissingHere(interpreter))) return undefined;
  const advice = `Its first line names ${interpreter}, which this machine lacks: install it, or name another interpreter.`;
  return { error: 'no such file or directory', advice };
}

async function isMissingHere(path: string): Promise<boolean> {
  if (!MACHINE_FOLDERS.test(path)) return false;
  return stat(path).then(
    () => false,
    () => true,
  );
}
