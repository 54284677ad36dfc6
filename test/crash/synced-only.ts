import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parseDiskTrace, type TracedCall } from './disk-trace.ts';
import { freePort, Platform, type PlatformOptions } from './platform.ts';
import { diskStrace, finishedTrace } from './strace.ts';
import { heldAt, tellStory, type Acknowledged, type Held } from './story.ts';
import { SyncedDisk } from './synced-disk.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const HOOK = fileURLToPath(new URL('fixture/mutant.ts', import.meta.url));

/** What is found when the program is started on the bytes that had been synced when an answer left. */
export interface SyncedVerdict {
  /** Answers at which it was tried. */
  readonly tried: number;
  /** Sentences; none when each of them was true. */
  readonly violations: readonly string[];
}

/**
 * Traces the real program, or a mutant of it, while much is acknowledged; then starts the real program on what a power cut at the moment of an
 * answer would have left, for one answer in `each`, and compares what it holds with what had been acknowledged. With a mutant it ends at the first
 * that is not true.
 */
export async function restartFromSynced(each: number, mutant?: string): Promise<SyncedVerdict> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-synced-'));
  try {
    const disk = join(folder, 'disk');
    const output = join(folder, 'trace');
    const acknowledged = await traced({ disk, output, mutant });
    const violations: string[] = [];
    const places = new Map(
      acknowledged.answers.map((answer) => [answer, leavingOf(answer, acknowledged.calls)]),
    );
    const chosen = acknowledged.answers.filter((_, n) => n % each === each - 1);
    for (const [n, answer] of chosen.entries()) {
      const place = places.get(answer) ?? 0;
      const target = join(folder, `cut-${n}`);
      SyncedDisk.writeAt(place, target, folder, acknowledged.calls);
      const wrong = await comparedAt(join(target, 'disk'), answer.held, unanswered(answer, places));
      if (wrong !== undefined) violations.push(`${answer.label}: ${wrong}`);
      rmSync(target, { recursive: true });
      if (wrong !== undefined && mutant !== undefined) break;
    }
    return { tried: chosen.length, violations };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function traced({
  disk,
  output,
  mutant,
}: {
  readonly disk: string;
  readonly output: string;
  readonly mutant: string | undefined;
}): Promise<{ readonly answers: readonly Acknowledged[]; readonly calls: readonly TracedCall[] }> {
  const hook = mutant === undefined ? [] : ['--import', HOOK];
  const options: PlatformOptions = {
    ...{ dataDirectory: disk, port: await freePort(), flags: ['--isolation', 'bare'] },
    under: diskStrace(output),
    program: [process.execPath, '--disable-warning=ExperimentalWarning', ...hook, MAIN],
    variables: { ...(process.env as Record<string, string>), MILLRACE_TEST_MUTANT: mutant ?? '' },
  };
  const platform = await Platform.start(options);
  try {
    const answers = await tellStory(platform.port);
    await platform.kill();
    return { answers, calls: parseDiskTrace(await finishedTrace(output, platform.processId)) };
  } finally {
    await platform.kill();
  }
}

/** Where in the trace an answer begins to leave. */
function leavingOf({ label, requestId }: Acknowledged, calls: readonly TracedCall[]): number {
  const leaving = calls.find(
    ({ args }) => args[0]?.includes('<TCP') === true && args[1]?.includes(requestId) === true,
  );
  if (leaving === undefined) throw new Error(`the answer to ${label} is not in the trace`);
  return leaving.begin;
}

/** Bodies sent together with that of an answer, whose own answers left later: they may be there or not. */
function unanswered(answer: Acknowledged, places: ReadonlyMap<Acknowledged, number>): ReadonlySet<string> {
  const isLater = (one: Acknowledged): boolean => (places.get(one) ?? 0) > (places.get(answer) ?? 0);
  const others = answer.amongOthers === undefined ? [] : [...places.keys()].filter(isLater);
  return new Set(others.flatMap(({ amongOthers }) => amongOthers ?? []));
}

/** What the program does not hold that it should, or the other way round. */
async function comparedAt(
  dataDirectory: string,
  held: Held,
  optional: ReadonlySet<string>,
): Promise<string | undefined> {
  const options = { dataDirectory, port: await freePort(), flags: ['--isolation', 'bare'] };
  try {
    await using platform = await Platform.start(options);
    const [found, wanted] = [await heldAt(platform.port), held].map((one) => without(one, optional));
    if (isDeepStrictEqual(found, wanted)) return undefined;
    return `there should be ${shortened(wanted)}, there is ${shortened(found)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function without(held: Held, optional: ReadonlySet<string>): Held {
  const queues = Object.entries(held.queues).map(([name, { delay, bodies }]) => [
    name,
    { delay, bodies: bodies.filter((body) => !optional.has(body)).sort() },
  ]);
  return { ...held, queues: Object.fromEntries(queues) as Held['queues'] };
}

function shortened(held: Held | undefined): string {
  return JSON.stringify(held).replaceAll(/x{100,}/g, '…');
}
