import type { Agents } from './agents.ts';
import type { Chance } from './chance.ts';
import type { ClickRequest, Visit } from './visit.ts';

const CLICK: ClickRequest = { method: 'GET', afterMs: 0 };

/** What visits are like, in parts of a thousand; the rest are people who click once. */
const MIX: readonly { readonly parts: number; readonly make: (one: Maker) => Partial<Visit> }[] = [
  { parts: 180, make: ({ agents, chance }) => ({ agent: agents.bot(chance) }) },
  { parts: 50, make: ({ chance }) => ({ clicks: [CLICK, { ...CLICK, afterMs: 50 + chance.below(350) }] }) },
  { parts: 20, make: () => ({ clicks: [{ ...CLICK, method: 'HEAD' }] }) },
  { parts: 30, make: () => ({ clicks: [{ ...CLICK, prefetch: true }] }) },
  {
    parts: 15,
    make: () => ({
      clicks: [
        { ...CLICK, prefetch: true },
        { ...CLICK, afterMs: 300 },
      ],
    }),
  },
  { parts: 15, make: () => ({ agent: '' }) },
  { parts: 10, make: () => ({ clicks: [{ ...CLICK, forged: true }] }) },
];

interface Maker {
  readonly agents: Agents;
  readonly chance: Chance;
}

/** Visits without end, with the shares of people, bots and oddities that a real site sees; the seed decides all. */
export function* generateVisits(agents: Agents, chance: Chance): Generator<Visit, never> {
  while (true) {
    const visit: Visit = {
      publisherId: 1 + chance.below(3),
      address: randomAddress(chance),
      agent: agents.person(chance),
      clicks: [CLICK],
    };
    yield { ...visit, ...kindOf(chance.below(1000))?.make({ agents, chance }) };
  }
}

function kindOf(part: number): (typeof MIX)[number] | undefined {
  let reach = 0;
  return MIX.find((kind) => part < (reach += kind.parts));
}

/** Somewhere in the public space; some of it is data centres. */
function randomAddress(chance: Chance): string {
  return [1 + chance.below(222), chance.below(256), chance.below(256), 1 + chance.below(254)]
    .join('.')
    .replace(/^(10|127|172|192|169|100)\./, '81.');
}
