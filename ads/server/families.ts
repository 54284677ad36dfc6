/** Browser and system of a user agent. Both are the same at each visit of one browser, whatever its version. */
export interface Families {
  readonly agentFamily: string;
  readonly osFamily: string;
}

/** What is said of an agent that none of the lists knows. */
export const UNKNOWN_FAMILY = 'unknown';

type Marks = readonly (readonly [family: string, mark: RegExp])[];

/** The first that fits counts: most browsers also name those that they descend from. */
const AGENTS: Marks = [
  ['edge', /\bEdg(?:e|A|iOS)?\//],
  ['opera', /\b(?:OPR|OPT|OPX|Opera)(?:\/| )/],
  ['samsung', /\bSamsungBrowser\//],
  ['firefox', /\b(?:Firefox|FxiOS|Focus)\//],
  ['internet-explorer', /\b(?:MSIE |Trident\/)/],
  ['chrome', /\b(?:Chrome|CriOS|Chromium)\//],
  ['safari', /\bVersion\/[\d.]+ .*Safari\//],
  ['webkit', /\b(?:Apple)?WebKit\//],
  ['gecko', /\bGecko\/\d/],
  ['netfront', /\b(?:NetFront\/|UP\.Browser\/|Openwave\/|Obigo|DoCoMo\/|SoftBank\/|jig browser)/],
];

const SYSTEMS: Marks = [
  ['ios', /\b(?:iPhone|iPad|iPod)\b/],
  ['android', /\bAndroid\b/],
  ['windows', /\bWindows\b/],
  ['chrome-os', /\bCrOS\b/],
  ['macos', /\b(?:Macintosh|Mac OS X)\b/],
  ['linux', /\b(?:Linux|X11)\b/],
];

/** The families of an agent, by the marks that browsers have sent for years. */
export function familiesOf(agent: string): Families {
  return { agentFamily: firstOf(AGENTS, agent), osFamily: firstOf(SYSTEMS, agent) };
}

function firstOf(marks: Marks, agent: string): string {
  return marks.find(([, mark]) => mark.test(agent))?.[0] ?? UNKNOWN_FAMILY;
}
