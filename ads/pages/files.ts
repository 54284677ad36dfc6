import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { browserFile, send } from './answer.ts';

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const SCRIPTS =
  'page words chart live outlook reasons receipts statistics operator rules-desk books budget earnings form additions'.split(
    ' ',
  );

/** What anybody may have: nothing in it is anybody's. The type, and where it lies. */
const FILES: ReadonlyMap<string, readonly [type: string, path: string]> = new Map([
  ['/statistics.css', [CSS, browserFile('statistics.css')] as const],
  ['/charts.css', [CSS, browserFile('charts.css')] as const],
  ['/tables.css', [CSS, browserFile('tables.css')] as const],
  ...SCRIPTS.map((name) => [`/${name}.js`, [SCRIPT, browserFile(`${name}.js`)] as const] as const),
  ['/uplot.js', [SCRIPT, fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))] as const],
  ['/uplot.css', [CSS, fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css'))] as const],
]);

/** Answers with the file at `path`; false when there is none. */
export function sendAsset(response: ServerResponse, path: string): boolean {
  const [type, file] = FILES.get(path) ?? [];
  if (type === undefined || file === undefined) return false;
  send(response, 200, type, readFileSync(file));
  return true;
}
