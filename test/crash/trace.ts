/** One system call of a traced program. `begin` and `end` are places in the trace: a call that began before another ended may overlap it. */
export interface SystemCall {
  readonly name: string;
  /** The file or connection of its first argument, as strace -yy names it. */
  readonly target: string;
  readonly text: string;
  readonly begin: number;
  readonly end: number;
  readonly succeeded: boolean;
}

/*
 * What strace -f -yy writes, one line per event:
 *   PID name(FD<target>, …) = RESULT
 *   PID name(FD<target>, … <unfinished ...>      and later
 *   PID <... name resumed>…) = RESULT
 */
const WHOLE = /^(\d+) +(\w+)\(\d+<(.*?)>(?=[,)]).* = (-?\d+)/;
const BEGUN = /^(\d+) +(\w+)\(\d+<(.*?)>(?=[,) ]).*<unfinished \.\.\.>$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>.* = (-?\d+)/;

/** Reads the output of strace; lines that are no calls on an open file are left out. */
export function parseTrace(output: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const begun = new Map<string, Omit<SystemCall, 'end' | 'succeeded'>>();
  output.split('\n').forEach((line, at) => {
    const [, , name = '', target = '', result = ''] = WHOLE.exec(line) ?? [];
    if (name !== '') {
      calls.push({ name, target, text: line, begin: at, end: at, succeeded: Number(result) >= 0 });
      return;
    }
    const [, beginner = '', begunName = '', begunTarget = ''] = BEGUN.exec(line) ?? [];
    if (begunName !== '') {
      begun.set(beginner, { name: begunName, target: begunTarget, text: line, begin: at });
      return;
    }
    const [, resumer = '', , resumedResult = ''] = RESUMED.exec(line) ?? [];
    const call = begun.get(resumer);
    if (call === undefined) return;
    begun.delete(resumer);
    const text = call.text + line;
    calls.push({ ...call, text, end: at, succeeded: Number(resumedResult) >= 0 });
  });
  return calls.sort((first, second) => first.begin - second.begin);
}
