import { median, rounded, type Figure } from '../figure.ts';
import { createQueue, drive, type Outcome } from './drive.ts';
import type { Target, Work } from './target.ts';

/** One kind of work that all targets do in turn, and what is promised of it. */
export interface Course {
  readonly title: string;
  readonly work: Work;
  readonly connections: number;
  /** Least rate, as a part of the null server's. */
  readonly leastOfNull: number;
  /** Least rate, as a multiple of a peer's; 1 where none is given. */
  readonly leastOfPeer?: Readonly<Record<string, number>>;
}

/** Who takes part. */
export interface Field {
  readonly nothing: Target;
  readonly millrace: Target;
  readonly peers: readonly Target[];
}

const ROUNDS = 5;
const SECONDS = 3;
const WARM_UP_SECONDS = 3;
/** A virtual machine compiles for longer. */
const PEER_WARM_UP_SECONDS = 10;
const MOST_CPU_OF_NULL = 2;
const MOST_CLIENT_PERCENT = 90;

/** Lets all targets do the work in turn, five times over after a warm-up. Ratios are medians of those within a round. */
export async function runCourse(
  course: Course,
  field: Field,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const targets = [field.nothing, field.millrace, ...field.peers];
  const outcomes = new Map(targets.map((target) => [target, [] as Outcome[]]));
  for (const target of targets) {
    progress(`queue: ${course.title}: ${target.name} warms up`);
    if (target !== field.nothing) await createQueue(target, course.work);
    await drive(target, {
      ...driven(course),
      seconds: field.peers.includes(target) ? PEER_WARM_UP_SECONDS : WARM_UP_SECONDS,
    });
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`queue: ${course.title}: round ${round} of ${ROUNDS}`);
    for (const target of targets) outcomes.get(target)?.push(await drive(target, driven(course)));
  }
  const of = (target: Target): readonly Outcome[] => outcomes.get(target) ?? [];
  const ours = of(field.millrace);
  return [
    ...besideNull(course, ours, of(field.nothing)),
    ...field.peers.flatMap((peer) => besidePeer(course, ours, peer.name, of(peer))),
    busiestClient(course, [...outcomes.values()].flat()),
  ];
}

function driven({ work, connections }: Course): Parameters<typeof drive>[1] {
  return { work, connections, seconds: SECONDS, queue: work };
}

function besideNull(
  { title, leastOfNull }: Course,
  ours: readonly Outcome[],
  nothing: readonly Outcome[],
): Figure[] {
  const rate = compared(ours, nothing, ({ rate: each }) => each);
  const cpu = compared(ours, nothing, ({ serverMsPerThousand }) => serverMsPerThousand);
  return [
    {
      ...{ name: title, ...rate, value: Math.round(rate.value), floor: Math.round(rate.floor), unit: '/s' },
      ...{ target: `>= ${leastOfNull} x null`, kept: rate.ratio >= leastOfNull },
    },
    {
      ...{ name: `${title}: server CPU for 1,000`, ...cpu, unit: 'ms' },
      ...{ target: `<= ${MOST_CPU_OF_NULL} x null`, kept: cpu.ratio <= MOST_CPU_OF_NULL },
    },
  ];
}

function besidePeer(
  { title, leastOfPeer = {} }: Course,
  ours: readonly Outcome[],
  name: string,
  theirs: readonly Outcome[],
): Figure[] {
  const least = leastOfPeer[name];
  const rate = compared(ours, theirs, ({ rate: each }) => each);
  const cpu = compared(ours, theirs, ({ serverMsPerThousand }) => serverMsPerThousand);
  return [
    {
      ...{ name: `${title} beside ${name}`, ...rate, unit: '/s' },
      ...{ value: Math.round(rate.value), floor: Math.round(rate.floor) },
      ...{
        target: least === undefined ? `> ${name}` : `>= ${least} x ${name}`,
        kept: least === undefined ? rate.ratio > 1 : rate.ratio >= least,
      },
    },
    {
      ...{ name: `${title}: CPU beside ${name}`, ...cpu, unit: 'ms' },
      ...{ target: `< ${name}`, kept: cpu.ratio < 1 },
    },
  ];
}

/** Ours and theirs, and the median of the ratios within the rounds. */
function compared(
  ours: readonly Outcome[],
  theirs: readonly Outcome[],
  of: (outcome: Outcome) => number,
): { readonly value: number; readonly floor: number; readonly ratio: number } {
  const [values, floors] = [ours.map(of), theirs.map(of)];
  const ratio = median(values.map((value, round) => value / (floors[round] ?? Number.NaN)));
  return { value: rounded(median(values)), floor: rounded(median(floors)), ratio: rounded(ratio) };
}

/** Shows that no client was the limit: two of them share the connections. */
function busiestClient({ title }: Course, outcomes: readonly Outcome[]): Figure {
  const value = Math.round(Math.max(...outcomes.map(({ clientShare }) => clientShare)) * 100);
  return {
    ...{ name: `${title}: busiest client process`, value, unit: '% of a core' },
    ...{ target: `< ${MOST_CLIENT_PERCENT} %`, kept: value < MOST_CLIENT_PERCENT },
  };
}
