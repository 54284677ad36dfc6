import type { EnvironmentId } from '../../base/ids.ts';
import type { Sandbox, SandboxExit } from '../sandbox.ts';

/**
 * A probe per line: each prints its name when a wall that must hold does not. The last line says that it came so far.
 * Where nothing holds, the probes do no harm either: they leave the machine as it was.
 */
const SCRIPT = `
[ -r /proc/self/status ] || echo proc-missing
[ -e /etc/shadow ] && echo host-files-seen
[ "$(ls -d /proc/[0-9]* | wc -l)" -gt 12 ] && echo host-processes-seen
unshare --user true 2>/dev/null && echo user-namespace-allowed
own=$(mktemp -d /tmp/canary-XXXXXX) || echo tmp-not-writable
mount -t tmpfs none "$own" 2>/dev/null && { umount "$own"; echo mount-allowed; }
[ -w /usr/bin ] && echo system-writable
rmdir "$own"
grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status || echo capabilities-left
grep -q '^Seccomp:[[:space:]]*2$' /proc/self/status || echo seccomp-missing
[ "$(id -u)" = 0 ] && echo is-root
echo end
`;

const LIMIT_BYTES = 64 * 1024 * 1024;

/** Runs a canary behind the walls; a sentence about what does not hold, or undefined when all does. */
export async function whatDoesNotHold(sandbox: Sandbox): Promise<string | undefined> {
  let output = '';
  let complaints = '';
  const tree = await sandbox.start(
    {
      environmentId: 'canary' as EnvironmentId,
      command: ['/bin/sh', '-c', SCRIPT],
      variables: { PATH: '/usr/bin:/bin' },
      workingDirectory: '/tmp',
      mounts: [],
      memoryLimitBytes: LIMIT_BYTES,
      processLimit: 64,
      tmpSizeBytes: LIMIT_BYTES,
    },
    (stream, chunk) => {
      if (stream === 'stdout') output += Buffer.from(chunk).toString();
      else complaints += Buffer.from(chunk).toString();
    },
  );
  const exit = await tree.exit;
  const lines = output.trim().split('\n');
  if (lines.at(-1) !== 'end') return notRun(exit, complaints);
  const holes = lines.slice(0, -1);
  return holes.length === 0 ? undefined : `a program behind the walls found: ${holes.join(', ')}`;
}

function notRun(exit: SandboxExit, complaints: string): string {
  const firstLine = complaints.trim().split('\n')[0] ?? '';
  if (exit.kind === 'not-started') return `bubblewrap (bwrap) could not be started: ${exit.why}`;
  if (exit.kind === 'exited' && exit.code === 127) return 'bubblewrap (bwrap) is not installed';
  return `bubblewrap did not run a program: ${firstLine === '' ? JSON.stringify(exit) : firstLine}`;
}
