import { isTest, type Rule } from './source-file.ts';

/** Who may import whom: DESIGN of the house, top to bottom. A room may always import itself. */
const BOTTOM = ['message', 'base'];
const PORTS = ['store', 'sandbox', 'watch/event', ...BOTTOM];
const MIDDLE = ['broker', 'environment', 'watch'];
const LAWS = ['queue', 'function', 'access'];
const DOORS_SEE = ['dispatch', 'schedule', 'topic', ...MIDDLE, ...LAWS, ...PORTS];
const FRONT_SEES = ['main', 'config', 'cli', 'deploy', 'server', 'wire', 'admin', ...DOORS_SEE];

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  message: ['base'],
  'watch/event': BOTTOM,
  store: BOTTOM,
  sandbox: BOTTOM,
  queue: PORTS,
  function: PORTS,
  access: PORTS,
  broker: ['queue', 'access', ...PORTS],
  environment: ['function', 'access', ...PORTS],
  watch: [...LAWS, ...PORTS],
  topic: ['broker', ...LAWS, ...PORTS],
  dispatch: ['topic', ...MIDDLE, ...LAWS, ...PORTS],
  schedule: ['topic', ...MIDDLE, ...LAWS, ...PORTS],
  wire: DOORS_SEE,
  // Our own door hangs in the same frame as those of AWS.
  admin: ['wire', ...DOORS_SEE],
  main: FRONT_SEES,
  config: FRONT_SEES,
  cli: FRONT_SEES,
  deploy: FRONT_SEES,
  server: FRONT_SEES,
};

/** The room a file of `src/` stands in: `queue`, `store` (the ports), `store/sqlite` (a technology) … */
export function roomOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  if (path === 'src/watch/event.ts') return 'watch/event';
  if (second === '') return first.replace(/\.ts$/, '');
  const isTechnology = (first === 'store' || first === 'sandbox') && !second.endsWith('.ts');
  return isTechnology ? `${first}/${second}` : first;
}

/** Every import goes down, or stays in its room. */
export const floors: Rule = (files) =>
  files
    .filter((file) => file.path.startsWith('src/') && !isTest(file.path))
    .flatMap((file) => file.imports.map((target) => problem(file.path, target)))
    .filter((found) => found !== undefined);

function problem(path: string, target: string): string | undefined {
  if (!target.startsWith('src/')) return `${path} imports ${target}: src/ imports only itself and packages`;
  if (isTest(target)) return `${path} imports ${target}, which is for tests`;
  const from = roomOf(path);
  const to = roomOf(target);
  if (from === to || allowedFor(from).includes(to)) return undefined;
  if (from === 'server' && isTechnology(to)) return undefined;
  return `${path} imports ${target}: ${from} may not import ${to}`;
}

function allowedFor(room: string): readonly string[] {
  if (isTechnology(room)) return [room.split('/')[0] ?? '', ...BOTTOM];
  return MAY_IMPORT[room] ?? [];
}

function isTechnology(room: string): boolean {
  return /^(store|sandbox)\//.test(room);
}

/** What runs elsewhere or is a customer knows nothing of the inside. */
export const outsiders: Rule = (files) =>
  files
    .filter((file) => /^(ads|runtimes|console|examples)\//.test(file.path))
    .flatMap((file) =>
      file.imports
        .filter((target) => target.startsWith('src/'))
        .map((target) => `${file.path} imports ${target}: it may use public APIs only`),
    );
