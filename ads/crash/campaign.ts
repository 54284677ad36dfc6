import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isEqual, rebuild } from '../rebuild/rebuild.ts';
import { makeMutant, type Mutant } from './mutants.ts';
import { runSeed, setRules, type SeedResult } from './run.ts';
import { setStage, type Stage } from './stage.ts';

/** Many seeds, one after the other, on the same data. */
export interface CrashOptions {
  /** The folder of the project. */
  readonly project: string;
  readonly first: number;
  readonly seeds: number;
  /** The long-lived consumer charges, instead of the function. */
  readonly consumer: boolean;
  readonly mutant: Mutant | undefined;
  readonly tell: (line: string) => void;
  /** Ends after the seed under way. */
  readonly signal?: AbortSignal;
}

/** What all seeds together showed. */
export interface CrashResult {
  readonly seeds: readonly SeedResult[];
  /** Whether a ledger rebuilt from the stored clicks is the same; undefined when a seed failed before. */
  readonly rebuilt: boolean | undefined;
}

/** More than the room that the broker always keeps free. */
const DISK_MB = 420;

/** Runs the seeds; a mutant is done with at its first failure. Resolves when every process has ended. */
export async function runCrashes(options: CrashOptions): Promise<CrashResult> {
  const home = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
  chmodSync(home, 0o755);
  await using parts = new AsyncDisposableStack();
  parts.defer(() => rmSync(home, { recursive: true, force: true }));
  const root = options.mutant === undefined ? options.project : join(home, 'mutant');
  if (options.mutant !== undefined) makeMutant(options.project, root, options.mutant);
  const brokerData = smallDisk(join(home, 'broker'), parts, options.tell);
  const { project, consumer } = options;
  const stage = parts.use(await setStage({ root, project, data: join(home, 'data'), brokerData, consumer }));
  await prepare(stage, options.mutant);
  const seeds: SeedResult[] = [];
  for (let seed = options.first; seed < options.first + options.seeds; seed += 1) {
    const result = await runSeed(stage, seed).catch((error: unknown) => stuck(seed, error));
    seeds.push(result);
    options.tell(line(result));
    for (const { invariant, says } of result.violations.slice(0, 5))
      options.tell(`    ${invariant}: ${says}`);
    const isFound = options.mutant !== undefined && result.violations.length > 0;
    if (result.violations.length > 0 && options.mutant === undefined)
      options.tell(`    What was logged is kept: ${keepLogs(home, seed)}`);
    if (isFound || result.isStuck === true || options.signal?.aborted === true) break;
  }
  const isWhole = seeds.every(({ violations }) => violations.length === 0);
  return { seeds, rebuilt: isWhole ? isEqual(await rebuild(stage.ledger)) : undefined };
}

/** Copies the logs of all processes to where they outlive the run; answers where that is. */
function keepLogs(home: string, seed: number): string {
  const kept = mkdtempSync(join(tmpdir(), `millrace-crash-logs-${seed}-`));
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.log')))
    cpSync(join(home, name), join(kept, name.replaceAll('/', '-')));
  return kept;
}

/** What never comes to rest breaks its promise too; nothing that follows would say more. */
function stuck(seed: number, error: unknown): SeedResult {
  const says = error instanceof Error ? error.message : String(error);
  return {
    ...{ seed, faults: [], answered: 0, rows: 0, charged: 0, free: 0, freeMicros: 0 },
    stops: { count: 0, slowestMs: 0 },
    violations: [{ invariant: 'I8', says }],
    isStuck: true,
  };
}

async function prepare(stage: Stage, mutant: Mutant | undefined): Promise<void> {
  if (mutant?.schema !== undefined) await stage.ledger.owner.unsafe(mutant.schema);
  await setRules(stage);
}

function line(result: SeedResult): string {
  const { seed, answered, rows, charged, free, freeMicros, violations, faults } = result;
  const verdict = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`;
  const figures = `${answered} redirected, ${rows} recorded, ${charged} charged, ${free} free for ${(freeMicros / 1e6).toFixed(2)}`;
  return `seed ${seed}: ${verdict}; ${figures}; ${faults.join(', ')}`;
}

/** A disk that can be filled, where we may mount one; else an ordinary folder, and nothing is filled. */
function smallDisk(path: string, parts: AsyncDisposableStack, tell: (line: string) => void): string {
  mkdirSync(path);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', path]);
  if (mounted.status === 0) parts.defer(() => void spawnSync('umount', ['-l', path]));
  else tell('No disk can be mounted here: none is filled.');
  return path;
}
