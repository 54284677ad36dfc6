import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxSpec } from '../sandbox.ts';
import { bubblewrapWords, type WallOptions } from './options.ts';

const SPEC: SandboxSpec = {
  environmentId: 'e1' as SandboxSpec['environmentId'],
  command: ['/usr/bin/true', '--share-net'],
  variables: { GREETING: 'a b' },
  workingDirectory: '/var/task',
  mounts: [
    { source: '/data/code', target: '/var/task', access: 'read-only' },
    { source: '/data/out', target: '/mnt/out', access: 'read-write' },
  ],
  memoryLimitBytes: 128 * 1024 * 1024,
  processLimit: 64,
  tmpSizeBytes: 512,
  cpuCores: 1,
  network: 'shared',
};

test('the variables of the platform are cleared before those of the spec are set', () => {
  const text = words({}).options.join(' ');
  assert.match(text, /--clearenv --setenv GREETING a b$/);
});

test('code is mounted read-only, /tmp is bounded, and the rest cannot be written', () => {
  const text = words({}).options.join(' ');
  assert.match(text, /--ro-bind \/data\/code \/var\/task /);
  assert.match(text, / --bind \/data\/out \/mnt\/out /);
  assert.match(text, /--size 512 --perms 1777 --tmpfs \/tmp /);
  assert.match(text, /--remount-ro \/dev --remount-ro \/ /);
});

test('an ordinary user gets a user namespace and no rights', () => {
  const { options, command } = words({ uid: undefined });
  assert.ok(options.includes('--unshare-user'));
  assert.ok(!options.includes('--cap-add'));
  assert.deepEqual(command, SPEC.command);
});

test('root becomes another user, whose rights are dropped before the program starts', () => {
  const { options, command } = words({ uid: 70_001 });
  assert.ok(!options.includes('--unshare-user'));
  assert.match(
    command.join(' '),
    /setpriv --reuid 70001 --regid 70001 --clear-groups --no-new-privs --inh-caps=-all \/usr\/bin\/true --share-net$/,
  );
});

test('without a control group the number of processes is a limit of the user', () => {
  assert.deepEqual(words({ processLimit: 64 }).command.slice(0, 2), ['/usr/bin/prlimit', '--nproc=64']);
  assert.ok(!words({}).command.includes('--nproc=64'));
});

test('every sandbox has processes, messages, a host name of its own, and ends with the platform', () => {
  for (const uid of [undefined, 70_001]) {
    const { options } = words({ uid });
    for (const word of [
      '--unshare-pid',
      '--unshare-ipc',
      '--unshare-uts',
      '--die-with-parent',
      '--new-session',
    ]) {
      assert.ok(options.includes(word), word);
    }
    assert.equal(options[options.indexOf('--seccomp') + 1], '3');
  }
});

test('files that are made come from descriptors, with their rights', () => {
  const madeFiles = [{ target: '/etc/passwd', mode: '0644', descriptor: 5 }];
  assert.match(words({ madeFiles }).options.join(' '), /--perms 0644 --file 5 \/etc\/passwd/);
});

test('the wall before abstract sockets comes first, and something behind it tells why a command does not start', () => {
  const scopeProgram = '/etc/scope';
  assert.deepEqual(words({ scopeProgram }).command.slice(0, 3), [scopeProgram, '/usr/bin/env', '--']);
  assert.deepEqual(words({ scopeProgram, uid: 70_001 }).command.slice(0, 2), [
    scopeProgram,
    '/usr/bin/setpriv',
  ]);
});

test('a network of its own, and no /proc, are words of their own', () => {
  assert.ok(!words({}).options.includes('--unshare-net'));
  assert.ok(words({ spec: { ...SPEC, network: 'none' } }).options.includes('--unshare-net'));
  assert.match(words({ hasProc: false }).options.join(' '), /--dir \/proc/);
});

function words(changed: Partial<WallOptions>): ReturnType<typeof bubblewrapWords> {
  return bubblewrapWords({
    ...{ spec: SPEC, uid: undefined, etcFiles: {}, systemPaths: ['/usr'], systemLinks: {}, madeFolders: {} },
    ...{ madeFiles: [], seccompDescriptor: 3, processLimit: undefined, hasProc: true },
    ...{ scopeProgram: undefined, ...changed },
  });
}
