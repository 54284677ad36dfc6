import type { PlatformCounters } from '../platform/platform.ts';
import type { Tally } from '../server/tally.ts';
import type { ClickFigures } from './figures.ts';
import { isBalanced, type Reconciliation } from './reconcile.ts';

/** Everything that the summary tells. */
export interface Summary {
  readonly tally: Readonly<Tally>;
  /** Messages that this run of the ad server posted. */
  readonly messages: number;
  /** Clicks of all runs that are on disk and not yet with the broker. */
  readonly spooled: number;
  readonly counters: PlatformCounters;
  readonly figures: ClickFigures;
  readonly reconciliation: Reconciliation;
  readonly processor: string;
  /** What the functions in other languages have done, by their names. */
  readonly companions: readonly (readonly [string, string])[];
}

const whole = new Intl.NumberFormat('en-US');
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The summary as lines for a terminal. */
export function summaryText(summary: Summary): string {
  const { tally, figures, counters } = summary;
  const told = (count: number | undefined): string =>
    count === undefined ? 'not told' : whole.format(count);
  const rows: readonly (readonly [string, string])[] = [
    ['clicks answered', `${whole.format(tally.answered)} redirects${others(tally)}`],
    ['messages', `${whole.format(summary.messages)}${spooled(summary.spooled)}`],
    ['charged by', summary.processor],
    ['invocations', told(counters.invocations)],
    ['environments started', told(counters.environmentsStarted)],
    ['charged', `${whole.format(figures.charged)} clicks, ${money.format(figures.chargedMicros / 1e6)}`],
    ['not charged', notCharged(figures)],
    ['click -> charged', latency(figures)],
    ['campaigns stopped', stops(tally)],
    ...summary.companions,
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(22)}${value}`);
  return [
    'This run',
    ...lines,
    '',
    'All runs on this data',
    ...reconciliationLines(summary.reconciliation),
  ].join('\n');
}

function spooled(count: number): string {
  if (count === 0) return '';
  return `, ${whole.format(count)} more in the spool: they are delivered when the broker takes them, also after the next start`;
}

function others(tally: Readonly<Tally>): string {
  const parts = [
    [tally.prefetches, 'prefetches refused'],
    [tally.notOurs, 'links not ours'],
    [tally.unavailable, 'not answered for want of the channel'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `, ${whole.format(count)} ${what}`)
    .join('');
}

function notCharged(figures: ClickFigures): string {
  const sum = figures.notCharged.reduce((total, one) => total + one.clicks, 0);
  const reasons = figures.notCharged.map((one) => `${one.reason} ${whole.format(one.clicks)}`).join(', ');
  return `${whole.format(sum)}${reasons === '' ? '' : `: ${reasons}`}`;
}

function stops({ stops: count, slowestStopMs }: Readonly<Tally>): string {
  if (count === 0) return 'none';
  return `${whole.format(count)}, by a message that came ${whole.format(slowestStopMs)} ms after the charge at most`;
}

function latency({ latencyMs }: ClickFigures): string {
  if (latencyMs === undefined) return 'nothing charged';
  return `p50 ${latencyMs.p50.toFixed(1)} ms, p99 ${latencyMs.p99.toFixed(1)} ms`;
}

function reconciliationLines(books: Reconciliation): readonly string[] {
  const n = (count: number): string => whole.format(count);
  const { differences } = books;
  const unconfirmed =
    books.arrivedUnconfirmed > 0 ? `, ${n(books.arrivedUnconfirmed)} of them unconfirmed` : '';
  const pending = books.pending > 0 ? ` + pending ${n(books.pending)}` : '';
  return [
    `  posted ${n(books.posted)}${unconfirmed} = in the table ${n(books.inTable)} + still queued ${n(books.queued)} + dead letters ${n(books.deadLetters)}: ` +
      `difference ${n(differences.postedAndFound)}, numbers not accounted for ${n(differences.unaccountedNumbers)}`,
    `  in the table ${n(books.inTable)} = billed ${n(books.billed)} + free ${n(books.free)} + invalid ${n(books.invalid)}${pending}: difference ${n(differences.buckets)}`,
    `  billed clicks without charge or the reverse ${n(differences.charges)}, charges without transfer or the reverse ${n(differences.transfers)}`,
    `  wrong accounts ${n(differences.accounts)}, wrong credits ${n(differences.credits)}, wrong budgets ${n(differences.budgets)}, wrong shares ${n(differences.shares)}, wrong hours ${n(differences.statistics)}`,
    `  differences: ${isBalanced(books) ? '0' : 'NOT 0'}`,
    ...Object.entries(books.ids)
      .filter(([, ids]) => ids.length > 0)
      .map(([check, ids]) => `    ${check}: ${ids.join(', ')}`),
  ];
}
