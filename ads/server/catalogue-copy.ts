import type { Catalogue, Offer } from './catalogue.ts';

/** A catalogue as a file. */
export function copyText({ offers, publishers }: Catalogue): string {
  return JSON.stringify({ offers, publishers: [...publishers] });
}

/** Reads it again; undefined for a file that is none. */
export function parseCopy(text: string): Catalogue | undefined {
  const { offers, publishers } = JSON.parse(text) as { offers?: Offer[]; publishers?: [number, number[]][] };
  if (!Array.isArray(offers) || !Array.isArray(publishers)) return undefined;
  return { offers, publishers: new Map(publishers) };
}
