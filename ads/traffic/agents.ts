import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Chance } from './chance.ts';

/** Names that real browsers and real bots send. */
export interface Agents {
  person(chance: Chance): string;
  bot(chance: Chance): string;
}

/** Reads the public lists: `user-agents` (browsers with their weights) and `crawler-user-agents`. */
export function readAgents(): Agents {
  const require = createRequire(import.meta.url);
  const browsersFile = join(dirname(require.resolve('user-agents')), 'user-agents.json');
  const browsers = readList<{ userAgent: string; weight: number }>(browsersFile);
  const crawlers = readList<{ instances?: string[] }>(require.resolve('crawler-user-agents'));
  const bots = crawlers.flatMap((crawler) => crawler.instances ?? []).filter(fitsHeader);
  const people = new Weighted(browsers.filter((browser) => fitsHeader(browser.userAgent)));
  return {
    person: (chance) => people.pick(chance.next()).userAgent,
    bot: (chance) => chance.pick(bots),
  };
}

function readList<T>(path: string): readonly T[] {
  return JSON.parse(readFileSync(path, 'utf8')) as T[];
}

function fitsHeader(agent: string): boolean {
  return /^[\x20-\x7e]+$/.test(agent);
}

class Weighted<T extends { readonly weight: number }> {
  readonly #items: readonly T[];
  readonly #reach: readonly number[];

  constructor(items: readonly T[]) {
    let sum = 0;
    this.#items = items;
    this.#reach = items.map((item) => (sum += item.weight));
  }

  /** `share` from 0 to 1 of the whole weight. */
  pick(share: number): T {
    const at = share * (this.#reach.at(-1) ?? 0);
    const found = this.#items[this.#reach.findIndex((reach) => at < reach)] ?? this.#items.at(-1);
    if (found === undefined) throw new Error('The list of browsers is empty.');
    return found;
  }
}
