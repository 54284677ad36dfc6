import type { FunctionKey } from './function.ts';
import type { Functions } from './functions.ts';

/** A function that runs so often for what it has set off itself is stopped (AWS: about 16 times). */
export const MOST_ROUNDS = 16;

/** How many functions a lineage names at most: the last ones. */
const MOST_FUNCTIONS = 12;

/** A trace longer than this is none: nobody writes such a one. */
const LONGEST_TRACE = 1024;

const LINEAGE = 'Lineage=';

/** How often each function of a chain has run, by the hash of its name; in the order in which they ran last. */
type Rounds = ReadonlyMap<string, number>;

/** How often the function has run in the chain that this trace (`X-Amzn-Trace-Id`) belongs to. */
export function roundsOf(trace: string | undefined, key: FunctionKey): number {
  return trace?.includes(LINEAGE) === true ? (readRounds(trace).get(hashOf(key)) ?? 0) : 0;
}

/** True when the function is to be stopped: it has run too often for what it has set off itself, and its owner does not want that. */
export function isLooping(
  functions: Pick<Functions, 'get'>,
  key: FunctionKey,
  trace: string | undefined,
): boolean {
  return roundsOf(trace, key) >= MOST_ROUNDS && functions.get(key)?.allowsLoops !== true;
}

/**
 * The trace of an invocation of the function for what came with `trace`: with one round more, and with a root of its own when
 * there was none. `id` is the invocation's, a UUID. `isSampled`: a trace that begins here says that it is to be recorded.
 */
export function traceOnwards(
  trace: string | undefined,
  key: FunctionKey,
  {
    id,
    nowMs,
    isSampled = false,
  }: { readonly id: string; readonly nowMs: number; readonly isSampled?: boolean },
): string {
  const hash = hashOf(key);
  if (trace === undefined) return `${freshTrace(id, nowMs)};Sampled=${isSampled ? 1 : 0};${LINEAGE}${hash}:1`;
  const rounds = new Map(readRounds(trace));
  const round = (rounds.get(hash) ?? 0) + 1;
  rounds.delete(hash);
  rounds.set(hash, round);
  return written(trace, rounds);
}

/** `trace` with the rounds of `others` too; the one that there is when the other is not. */
export function joinedTrace(trace: string | undefined, other: string | undefined): string | undefined {
  if (other === undefined || trace === other) return trace;
  if (trace === undefined) return other;
  const rounds = new Map(readRounds(trace));
  for (const [hash, count] of readRounds(other)) rounds.set(hash, Math.max(count, rounds.get(hash) ?? 0));
  return rounds.size === 0 ? trace : written(trace, rounds);
}

/** The text if it may be a trace: printable and not too long. */
export function readTrace(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= LONGEST_TRACE && /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}

/** `Lineage=hash:count|hash:count`; AWS also writes a number before the hash. */
function readRounds(trace: string): Rounds {
  const field = fieldsOf(trace).find((each) => each.startsWith(LINEAGE)) ?? '';
  const rounds = new Map<string, number>();
  for (const part of field.slice(LINEAGE.length).split('|')) {
    const [count, hash] = part.split(':').reverse();
    if (hash === undefined || !/^[0-9a-f]{8}$/.test(hash) || !/^\d{1,5}$/.test(count ?? '')) continue;
    rounds.set(hash, Math.max(Number(count), rounds.get(hash) ?? 0));
  }
  return rounds;
}

function written(trace: string, rounds: Rounds): string {
  const others = fieldsOf(trace).filter((field) => !field.startsWith(LINEAGE));
  const last = [...rounds].slice(-MOST_FUNCTIONS).map(([hash, count]) => `${hash}:${count}`);
  return [...others, `${LINEAGE}${last.join('|')}`].join(';');
}

function fieldsOf(trace: string): readonly string[] {
  return trace.split(';').map((field) => field.trim());
}

function freshTrace(id: string, nowMs: number): string {
  const end = `${id.slice(19, 23)}${id.slice(24, 28)}`;
  const root = `${id.slice(0, 8)}${id.slice(9, 13)}${id.slice(14, 18)}${end}`;
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${root};Parent=${end}${id.slice(28)}`;
}

/** FNV-1a, 32 bits: once for each invocation, so it is quick. */
function hashOf({ account, region, name }: FunctionKey): string {
  let hash = 0x811c9dc5;
  for (const text of [account, region, name]) {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0x2f, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
