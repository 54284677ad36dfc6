import type { EnvironmentId } from '../../base/ids.ts';
import type { Sandbox, SandboxExit } from '../sandbox.ts';

/**
 * A probe per line: each prints its name when a wall that must hold does not. The last line says that it came so far.
 * Where nothing holds, the probes do no harm either: they leave the machine as it was. What the shell can do itself it does:
 * every start waits for this, and each program takes a millisecond or more.
 */
const SCRIPT = `
[ -e /etc/shadow ] && echo host-files-seen
set -- /proc/[0-9]*
[ $# -gt 12 ] && echo host-processes-seen
unshare --user true 2>/dev/null && echo user-namespace-allowed
own=$(mktemp -d /tmp/canary-XXXXXX) || echo tmp-not-writable
mount -t tmpfs none "$own" 2>/dev/null && { umount "$own"; echo mount-allowed; }
[ -w /usr/bin ] && echo system-writable
rmdir "$own"
if [ -n "$HAS_PROC" ]; then
  while read -r name value rest; do
    case $name in
      Uid:) user=$value ;;
      CapEff:) capabilities=$value ;;
      Seccomp:) filter=$value ;;
    esac
  done </proc/self/status
  case $capabilities in *[!0]* | '') echo capabilities-left ;; esac
  [ "$filter" = 2 ] || echo seccomp-missing
fi
[ "\${user:-$(id -u)}" = 0 ] && echo is-root
echo end
`;

const LIMIT_BYTES = 64 * 1024 * 1024;

/** What came of a canary. `what` is a sentence about what does not hold. */
export type CanaryFinding =
  | { readonly kind: 'holds' }
  | { readonly kind: 'hole'; readonly what: string }
  /** The walls could not be built because this user may mount no /proc. */
  | { readonly kind: 'no-proc'; readonly what: string }
  /** The walls could not be built, and their building ended so. */
  | { readonly kind: 'ended'; readonly code: number | undefined; readonly what: string };

/** Runs a canary behind the walls. */
export async function runCanary(sandbox: Sandbox, hasProc: boolean): Promise<CanaryFinding> {
  let output = '';
  let complaints = '';
  const tree = await sandbox.start(
    {
      environmentId: 'canary' as EnvironmentId,
      command: ['/bin/sh', '-c', SCRIPT],
      variables: { PATH: '/usr/bin:/bin', HAS_PROC: hasProc ? 'yes' : '' },
      workingDirectory: '/tmp',
      mounts: [],
      memoryLimitBytes: LIMIT_BYTES,
      cpuCores: 1,
      processLimit: 64,
      tmpSizeBytes: LIMIT_BYTES,
      network: 'shared',
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
  if (holes.length === 0) return { kind: 'holds' };
  return { kind: 'hole', what: `a program behind the walls found: ${holes.join(', ')}` };
}

function notRun(exit: SandboxExit, complaints: string): CanaryFinding {
  const what = whyNotRun(exit, complaints);
  if (/mount proc/.test(complaints)) return { kind: 'no-proc', what };
  return { kind: 'ended', code: exit.kind === 'exited' ? exit.code : undefined, what };
}

function whyNotRun(exit: SandboxExit, complaints: string): string {
  const firstLine = complaints.trim().split('\n')[0] ?? '';
  if (exit.kind === 'not-started') return `bubblewrap (bwrap) could not be started: ${exit.why}`;
  if (exit.kind === 'exited' && exit.code === 127) return 'bubblewrap (bwrap) is not installed';
  return `bubblewrap did not run a program: ${firstLine === '' ? JSON.stringify(exit) : firstLine}`;
}
