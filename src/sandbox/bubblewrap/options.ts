import { dirname } from 'node:path';
import type { SandboxSpec } from '../sandbox.ts';
import { HOST_NAME } from './machine-files.ts';

/** What bubblewrap is to do beyond the spec. */
export interface WallOptions {
  readonly spec: SandboxSpec;
  /** Set as root: the user id inside and outside. */
  readonly uid: number | undefined;
  /** Files of a made `/etc`: name to path on this machine. */
  readonly etcFiles: Readonly<Record<string, string>>;
  /** Folders and files of the machine that every sandbox sees, read-only, where they are there. */
  readonly systemPaths: readonly string[];
  /** Files that are made for this environment: where, with which rights, and the descriptor with their content. */
  readonly madeFiles: readonly MadeFile[];
  /** Links of the merged /usr: `/lib` to `usr/lib`. */
  readonly systemLinks: Readonly<Record<string, string>>;
  /** Folders that stand at other places inside, read-only: where, and the path on this machine. */
  readonly madeFolders: Readonly<Record<string, string>>;
  /** The descriptor from which the seccomp program is read. */
  readonly seccompDescriptor: number;
  /** Set where no control group bounds the number of processes. */
  readonly processLimit: number | undefined;
  /** False on machines where this user may not mount one. */
  readonly hasProc: boolean;
  /** The program inside that walls the command off from abstract sockets, where the kernel can do that. */
  readonly scopeProgram: string | undefined;
}

/** A file that bubblewrap makes from what a descriptor holds. */
export interface MadeFile {
  readonly target: string;
  /** Octal, as chmod takes it. */
  readonly mode: string;
  readonly descriptor: number;
}

/** bubblewrap's options up to the command, and the command with what lowers its rights in front. */
export function bubblewrapWords(options: WallOptions): {
  readonly options: string[];
  readonly command: string[];
} {
  const { spec } = options;
  const words = [
    ...namespaceWords(options),
    ...fileWords(options),
    ...[
      '--chdir',
      spec.workingDirectory,
      '--hostname',
      HOST_NAME,
      '--seccomp',
      String(options.seccompDescriptor),
    ],
    '--clearenv',
    ...Object.entries(spec.variables).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
  return { options: words, command: [...rightsWords(options), ...spec.command] };
}

/** Everything of its own but the network, which functions use to reach databases and the platform's endpoint, unless they want none. */
function namespaceWords({ uid, spec }: WallOptions): string[] {
  const namespaces = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'];
  if (spec.network === 'none') namespaces.push('--unshare-net');
  const life = ['--die-with-parent', '--new-session', '--cap-drop', 'ALL'];
  if (uid === undefined) return ['--unshare-user', ...namespaces, ...life];
  // Only what setpriv needs to become another user; it drops these as well.
  return [...namespaces, ...life, '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID'];
}

function fileWords(options: WallOptions): string[] {
  const { spec, etcFiles, madeFiles, madeFolders, systemPaths, systemLinks, hasProc } = options;
  const words = [
    '--dir',
    '/etc',
    '--dir',
    '/opt',
    ...systemPaths.flatMap((path) => ['--ro-bind-try', path, path]),
  ];
  for (const [link, target] of Object.entries(systemLinks)) words.push('--symlink', target, link);
  for (const [target, source] of Object.entries(madeFolders)) words.push('--ro-bind', source, target);
  words.push(hasProc ? '--proc' : '--dir', '/proc', '--dev', '/dev');
  words.push('--size', '16777216', '--perms', '1777', '--tmpfs', '/dev/shm');
  words.push('--size', String(spec.tmpSizeBytes), '--perms', '1777', '--tmpfs', '/tmp');
  for (const [name, path] of Object.entries(etcFiles)) words.push('--ro-bind', path, `/etc/${name}`);
  for (const { target, mode, descriptor } of madeFiles) {
    words.push('--perms', mode, '--file', String(descriptor), target);
  }
  for (const parent of parents(spec)) words.push('--dir', parent);
  for (const { source, target, access } of spec.mounts) {
    words.push(access === 'read-only' ? '--ro-bind' : '--bind', source, target);
  }
  return [...words, '--remount-ro', '/dev', '--remount-ro', '/'];
}

/** Folders that bubblewrap would make for root alone: named, they are for everybody. */
function parents(spec: SandboxSpec): string[] {
  const found = new Set<string>();
  for (const { target } of spec.mounts) {
    const above: string[] = [];
    for (let folder = dirname(target); folder !== '/'; folder = dirname(folder)) above.unshift(folder);
    for (const folder of above) if (!folder.startsWith('/tmp')) found.add(folder);
  }
  return [...found];
}

/** What stands before the command, from more rights to fewer. */
function rightsWords(options: WallOptions): string[] {
  const words = [...limitWords(options), ...identityWords(options)];
  if (options.scopeProgram === undefined) return words;
  // The last of them says why a program cannot be started; the scope program has no words for that.
  return [options.scopeProgram, ...(words.length === 0 ? ['/usr/bin/env', '--'] : words)];
}

function limitWords({ processLimit }: WallOptions): string[] {
  return processLimit === undefined ? [] : ['/usr/bin/prlimit', `--nproc=${processLimit}`];
}

function identityWords({ uid }: WallOptions): string[] {
  if (uid === undefined) return [];
  const ids = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  return ['/usr/bin/setpriv', ...ids, '--no-new-privs', '--inh-caps=-all'];
}
