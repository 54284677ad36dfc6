import { readdir, readFile, readlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { signalAll } from './process-tree.ts';

/** Rounds of killing: what starts new processes while it is being killed is met again in the next. */
const KILL_ROUNDS = 20;
/** Looks at a process that is about to become another program, which may take its time on a busy machine. */
const LOOKS = 1000;

/** Processes of this user that have `mark` among the variables they were started with, wherever they are in the machine's tree. */
export async function markedPids(mark: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => ((await variablesText(name)).includes(mark) ? Number(name) : 0)),
  );
  return found.filter((pid) => pid !== 0);
}

/** Ends them, and what they start meanwhile. */
export async function killMarked(mark: string): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const left = await markedPids(mark);
    if (left.length === 0) return;
    signalAll(left, 'SIGKILL');
  }
}

async function variablesText(pid: string): Promise<string> {
  for (let look = 0; look < LOOKS; look += 1) {
    const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (text !== '' || !(await isBecoming(pid))) return text;
    await setImmediate();
  }
  return '';
}

/** True while a process is between two programs: it has a program, and the place of that one's variables is not set yet. */
async function isBecoming(pid: string): Promise<boolean> {
  const hasProgram = await readlink(`/proc/${pid}/exe`).catch(() => '');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The third field of the whole line and the fiftieth; the program's name, in brackets, may itself hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return hasProgram !== '' && fields[0] !== 'Z' && fields[47] === '0';
}

/** Names a process for good: its number, and when it began, since numbers come again. */
export async function processName(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The twenty-second field of the whole line; the program's name, in brackets, may itself hold spaces.
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid}-${startTime}`;
}
