import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { DISK_CALLS } from './disk-trace.ts';

/** Why system calls cannot be traced here; undefined when they can. Installs strace where that is possible. */
export function whyNoStrace(): string | undefined {
  if (process.platform !== 'linux') return 'strace traces Linux only';
  if (!runs('strace', ['-V']) && process.getuid?.() === 0) {
    runs('apt-get', ['install', '-y', '--no-install-recommends', 'strace']);
  }
  if (!runs('strace', ['-V'])) return 'strace is not installed (apt-get install strace)';
  return runs('strace', ['-D', '-f', '-o', '/dev/null', 'true']) ? undefined : 'strace may not trace here';
}

/** The words before a program that write its system calls on files and connections to `output`. The program keeps its own process id. */
export function underStrace(output: string): string[] {
  const calls = 'read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync';
  return ['strace', '-D', '-f', '-yy', '-s', '5000', '--seccomp-bpf', '-e', `trace=${calls}`, '-o', output];
}

/** The words before a program that write all that it changes on disks, byte by byte, and what leaves by connections, to `output`. */
export function diskStrace(output: string): string[] {
  const longest = String(4 * 1024 * 1024);
  const trace = `trace=${DISK_CALLS.join()}`;
  return ['strace', '-D', '-f', '-yy', '-s', longest, '--seccomp-bpf', '-e', trace, '-o', output];
}

/** The whole trace of a program that has ended: the tracer, a process of its own, may still be writing. */
export async function finishedTrace(output: string, processId: number): Promise<string> {
  const lastLine = new RegExp(`^${processId} +\\+\\+\\+ (exited|killed)`, 'm');
  for (;;) {
    const text = await readFile(output, 'utf8');
    if (lastLine.test(text)) return text;
    await pause(5);
  }
}

function runs(command: string, words: readonly string[]): boolean {
  return spawnSync(command, words, { stdio: 'ignore' }).status === 0;
}
