import type { Measured } from './measure.ts';

interface Line {
  readonly what: string;
  readonly value: (one: Measured) => string;
}

const LINES: readonly Line[] = [
  { what: 'click to charge, p50', value: (one) => duration(one.p50Ms) },
  { what: 'click to charge, p99', value: (one) => duration(one.p99Ms) },
  {
    what: 'clicks a second, from a backlog',
    value: (one) => Math.round(one.clicksPerS).toLocaleString('en'),
  },
  { what: 'processor time for 1,000 clicks, alone', value: (one) => `${one.ownCpuS.toFixed(2)} s` },
  { what: '… with broker and database', value: (one) => `${one.wholeCpuS.toFixed(2)} s` },
  { what: 'idle: processes', value: (one) => String(one.idleProcesses) },
  { what: 'idle: memory', value: (one) => `${one.idleMemoryMb.toFixed(1)} MB` },
  { what: 'idle: processor time', value: (one) => `${one.idleCpuS.toFixed(2)} s` },
  { what: 'killed: longest wait of a click', value: (one) => duration(one.recoveryMs) },
  { what: 'one click after the idle time', value: (one) => duration(one.wakeMs) },
  { what: 'clicks not billed (0: none was lost)', value: (one) => String(one.notBilled) },
];

function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The comparison as a table for a terminal. */
export function tableOf(all: readonly Measured[]): string {
  const rows = [
    ['', ...all.map(({ name }) => name)],
    ...LINES.map(({ what, value }) => [what, ...all.map(value)]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('   ').trimEnd()).join('\n');
}

/** The same as a page of its own. */
export function pageOf(all: readonly Measured[], circumstances: string): string {
  const head = all.map(({ name }) => `<th scope="col">${name}</th>`).join('');
  const body = LINES.map(
    ({ what, value }) =>
      `<tr><th scope="row">${what}</th>${all.map((one) => `<td>${value(one)}</td>`).join('')}</tr>`,
  ).join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Function and consumer side by side</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { padding: 0.35rem 0.6rem; border-bottom: 1px solid color-mix(in srgb, currentcolor 20%, transparent); }
  th { text-align: left; font-weight: 500; }
  thead th:not(:first-child), td { text-align: right; font-variant-numeric: tabular-nums; }
  td { white-space: nowrap; }
</style>
<h1>Function and consumer side by side</h1>
<p>${circumstances}</p>
<table>
<thead><tr><td></td>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table>
</html>
`;
}
