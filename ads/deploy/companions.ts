import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { QUEUE_NAMES } from '../messages/queue-names.ts';
import { buildGo } from './build-go.ts';
import type { Clients } from './clients.ts';
import { ensureFunction, type WantedFunction } from './functions.ts';
import { ensureMapping } from './mapping.ts';
import { packageFunction, packageProgram } from './package-function.ts';
import { ensureClickQueue } from './queues.ts';

/** Whether a function in another language runs; if not, what is missing and what that means. */
export type Companion = { readonly kind: 'ready' } | { readonly kind: 'missing'; readonly why: string };

/** The functions beside the click processor. */
export interface Companions {
  readonly alerts: Companion;
  readonly statement: Companion;
}

/** Where they come from. */
export interface CompanionPlace {
  /** The folder of the project. */
  readonly root: string;
  /** Where what was built is kept from start to start. */
  readonly data: string;
  readonly signal: AbortSignal;
}

/** Figures are told again: those that nobody took are soon of no use. */
const FIGURES_SECONDS = '3600';

/**
 * Deploys the alerts (Python) and the statements (Go) with their queues. Where a language is missing the function is,
 * and the rest goes on without it. Rejects when the platform cannot be reached, or `signal` came.
 */
export async function deployCompanions(clients: Clients, place: CompanionPlace): Promise<Companions> {
  const figures = await ensureClickQueue(clients.sqs, QUEUE_NAMES.campaignFigures, FIGURES_SECONDS);
  const statements = await ensureClickQueue(clients.sqs, QUEUE_NAMES.statements);
  const [alerts, statement] = await Promise.all([
    deploy(clients, figures.arn, await alertsFunction(place)),
    deploy(clients, statements.arn, await statementFunction(place)),
  ]);
  return { alerts, statement };
}

type Wanted = Omit<WantedFunction, 'variables'> | Extract<Companion, { kind: 'missing' }>;

async function deploy({ lambda }: Clients, queueArn: string, wanted: Wanted): Promise<Companion> {
  if ('why' in wanted) return wanted;
  await ensureFunction(lambda, { ...wanted, variables: {} });
  await ensureMapping(lambda, wanted.name, queueArn);
  return { kind: 'ready' };
}

async function alertsFunction({ root }: CompanionPlace): Promise<Wanted> {
  if (!(await runs('python3', '--version')))
    return {
      kind: 'missing',
      why: 'Python is not installed: nobody is alerted; budgets stop all the same. Install python3.',
    };
  const zip = packageFunction(join(root, 'ads', 'alerts'));
  return { name: 'alerts', zip, runtime: 'python3.12', handler: 'alerts.handler' };
}

async function statementFunction({ root, data, signal }: CompanionPlace): Promise<Wanted> {
  const built = await buildGo(join(root, 'ads', 'statement'), join(data, 'build'), signal);
  if ('why' in built)
    return {
      kind: 'missing',
      why: `${built.why} Statements are kept as bare figures. Install Go from https://go.dev/dl.`,
    };
  return {
    name: 'statement',
    zip: packageProgram(built.path),
    runtime: 'provided.al2023',
    handler: 'bootstrap',
  };
}

async function runs(program: string, word: string): Promise<boolean> {
  const child = spawn(program, [word], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit').catch(() => [1])) as [number | null];
  return code === 0;
}
