import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { isbot } from 'isbot';
import { familiesOf, UNKNOWN_FAMILY } from '../server/families.ts';
import { botsOfLog, knownLists, type AgentList } from './bot-lists.ts';

/** `bots`: how good the filter of agents is, on lists that others made. */
export function botsCommand(): Command {
  return new Command('bots')
    .description('measures how many bots the filter finds, and how many people it takes for bots')
    .option('--log <file>', 'also the bots of an access log, told by what they did')
    .action(({ log }: { readonly log?: string }) => {
      const more = log === undefined ? [] : [botsOfLog(readFileSync(log, 'utf8'))];
      for (const line of report([...knownLists(), ...more])) console.log(line);
    });
}

/** How one filter does on one list. */
export interface Quality {
  readonly found: number;
  readonly bots: number;
  readonly wronged: number;
  readonly people: number;
}

/** What a filter says of the agents of a list. */
export function qualityOf(list: AgentList, isRefused: (agent: string) => boolean): Quality {
  return {
    found: list.bots.filter(isRefused).length,
    bots: list.bots.length,
    wronged: list.people.filter(isRefused).length,
    people: list.people.length,
  };
}

/** The library's word alone, and together with the rule that nobody knows the agent: then a click is not billed either. */
export const FILTERS: Readonly<Record<string, (agent: string) => boolean>> = {
  'bot library': (agent) => isbot(agent),
  'all rules on agents': (agent) => isbot(agent) || familiesOf(agent).agentFamily === UNKNOWN_FAMILY,
};

function report(lists: readonly AgentList[]): readonly string[] {
  return lists.flatMap((list) => [
    `${list.name}${list.heldOut ? '' : ' (the library is tested with it: says nothing new)'}`,
    ...Object.entries(FILTERS).map(
      ([name, isRefused]) => `  ${name.padEnd(20)} ${inWords(qualityOf(list, isRefused))}`,
    ),
  ]);
}

function inWords({ found, bots, wronged, people }: Quality): string {
  const parts = [
    bots > 0 ? `recall ${percent(found, bots)} (${found} of ${bots} bots)` : '',
    people > 0 ? `people taken for bots ${percent(wronged, people)} (${wronged} of ${people})` : '',
    bots > 0 && people > 0 ? `precision ${percent(found, found + wronged)}` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
