import type { Figures } from '../watch/figures.ts';

/** How the platform does at this moment: the answer of `GET /_millrace/status`. */
export interface Status {
  readonly version: string;
  readonly upForMs: number;
  readonly dataDirectory: string;
  /** Number of this run on its data directory. */
  readonly run: number;
  readonly isolation: { readonly tier: string; readonly description: string };
  readonly environments: { readonly running: number };
  readonly figures: Figures;
}
