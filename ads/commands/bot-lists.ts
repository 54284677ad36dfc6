import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Agents of which somebody else says what they are. */
export interface AgentList {
  readonly name: string;
  /** Whether the bot library may have been made from it; only others say how good it is. */
  readonly heldOut: boolean;
  readonly bots: readonly string[];
  readonly people: readonly string[];
}

const require = createRequire(import.meta.url);

/** The lists that come with the dependencies. */
export function knownLists(): readonly AgentList[] {
  return [wootheeSets(), browsersOfToday(), crawlers()];
}

/**
 * An access log as a list: who asked for robots.txt is a bot by what it did. Nobody can be told to be a person by a log.
 */
export function botsOfLog(text: string): AgentList {
  const asked = text.split('\n').flatMap((line) => ROBOTS.exec(line)?.[1] ?? []);
  return { name: 'asked for robots.txt in the log', heldOut: true, bots: distinct(asked), people: [] };
}

const ROBOTS = /"GET \/robots\.txt[ ?][^"]*" \d{3} \S+ "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"/;

/** The test sets of woothee, a parser of agents (Apache-2.0), which the bot library does not name among its sources. */
function wootheeSets(): AgentList {
  const folder = join(dirname(require.resolve('woothee/package.json')), 'woothee', 'testsets');
  const agents = (names: readonly string[]): readonly string[] =>
    distinct(names.flatMap((name) => targets(readFileSync(join(folder, `${name}.yaml`), 'utf8'))));
  return {
    name: 'woothee 1.11 test sets',
    heldOut: true,
    bots: agents(['crawler', 'crawler_google', 'crawler_nonmajor']),
    people: agents([
      ...['pc_windows', 'pc_misc', 'pc_lowpriority', 'smartphone_android', 'smartphone_ios'],
      ...['smartphone_misc', 'mobilephone_au', 'mobilephone_docomo', 'mobilephone_misc'],
      ...['mobilephone_softbank', 'mobilephone_willcom', 'appliance'],
    ]),
  };
}

/** Browsers as a large web statistics service saw them (BSD-2-Clause). */
function browsersOfToday(): AgentList {
  const path = join(dirname(require.resolve('user-agents')), 'user-agents.json');
  const list = JSON.parse(readFileSync(path, 'utf8')) as readonly { readonly userAgent: string }[];
  const people = distinct(list.map(({ userAgent }) => userAgent));
  return { name: 'user-agents 2.1 (browsers)', heldOut: true, bots: [], people };
}

/** One of the lists that the bot library is tested with (MIT). */
function crawlers(): AgentList {
  const text = readFileSync(require.resolve('crawler-user-agents'), 'utf8');
  const list = JSON.parse(text) as readonly { readonly instances?: readonly string[] }[];
  const bots = distinct(list.flatMap(({ instances = [] }) => instances));
  return { name: 'crawler-user-agents 1.60', heldOut: false, bots, people: [] };
}

/** The agents of a YAML file whose entries begin with `- target: '…'`. */
function targets(yaml: string): readonly string[] {
  return [...yaml.matchAll(/^- target: (['"]?)(.*)\1\s*$/gm)].map(([, , agent = '']) =>
    agent.replaceAll("''", "'"),
  );
}

function distinct(agents: readonly string[]): readonly string[] {
  return [...new Set(agents)].filter((agent) => agent !== '' && agent !== '-');
}
