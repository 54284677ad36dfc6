import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import { BubblewrapSandbox } from '../sandbox/bubblewrap/bubblewrap-sandbox.ts';
import { answerOf, errorOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';

let walls: BubblewrapSandbox | undefined;
let why: string | undefined;
before(async () => {
  const opened = await BubblewrapSandbox.open({ clock: new SystemClock() });
  if (opened.ok) walls = opened.value;
  else why = opened.failure.what;
});
after(() => walls?.[Symbol.asyncDispose]());

async function roomsHere(context: TestContext): Promise<Rooms> {
  if (walls === undefined) context.skip(`no walls: ${why}`);
  return openRooms(walls ? { sandbox: walls } : {});
}

const SETTINGS = { variables: { MILLRACE_EXTENSIONS: 'package' } };

/** A program that runs beside the function and prints every event; `MODE` says how it goes wrong. */
const EXTENSION = `#!/var/lang/bin/node
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension';
if (process.env.MODE === 'broken') process.exit(3);
const registered = await fetch(base + '/register', {
  method: 'POST', headers: { 'Lambda-Extension-Name': 'beside' }, body: '{"events":["INVOKE","SHUTDOWN"]}',
});
const headers = { 'Lambda-Extension-Identifier': registered.headers.get('lambda-extension-identifier') };
if (process.env.MODE === 'refuses') {
  await fetch(base + '/init/error', {
    method: 'POST', headers: { ...headers, 'Lambda-Extension-Function-Error-Type': 'Extension.NoConfig' }, body: '{}',
  });
}
console.log('hidden', Object.keys(process.env).filter((name) => name.startsWith('_')).length);
for (;;) {
  const event = await (await fetch(base + '/event/next', { headers })).json();
  console.log('heard', event.eventType, event.requestId ?? event.shutdownReason);
  if (event.eventType === 'SHUTDOWN') process.exit(0);
}
`;

const FILES: Files = {
  'index.mjs': `
    process.on('SIGTERM', () => { console.log('runtime asked'); process.exit(0); });
    export const handler = async (event, context) => context.awsRequestId;`,
  'extensions/beside': { executable: EXTENSION },
  'extensions/notes.txt': 'no program',
};

describe('extensions that are programs of their own, behind the walls', { timeout: 60_000 }, () => {
  test('one runs beside the function, learns of each invocation, and of the end, for which it has time', async (context) => {
    const rooms = await roomsHere(context);
    const record = await rooms.deploy(FILES, SETTINGS);
    const ids = [answerOf(await rooms.invoke(record)), answerOf(await rooms.invoke(record))];
    // One or two: an environment takes its next invocation only when its extension is ready as well.
    const count = rooms.pool.size;
    await rooms[Symbol.asyncDispose]();
    const heard = rooms.lines.filter((line) => /^(heard|hidden)/.test(line));
    const each = (text: string): string[] => Array.from({ length: count }, () => text);
    const invocations = ids.map((id) => `heard INVOKE ${String(id)}`);
    const expected = [...invocations, ...each('heard SHUTDOWN spindown'), ...each('hidden 0')];
    assert.deepEqual(heard.toSorted(), expected.toSorted(), rooms.lines.join('\n'));
    assert.ok(rooms.lines.some((line) => line.endsWith('runtime asked')));
  });

  test('one that ends ends the environment, and the log says which', async (context) => {
    await using rooms = await roomsHere(context);
    const variables = { ...SETTINGS.variables, MODE: 'broken' };
    const result = await rooms.run(FILES, {}, { variables });
    assert.equal(errorOf(result).errorType, 'Runtime.ExitError');
    assert.ok(rooms.lines.includes('Extension beside ended with exit status 3'), rooms.lines.join('\n'));
  });

  test('one that says it cannot start is the error of the start', async (context) => {
    await using rooms = await roomsHere(context);
    const variables = { ...SETTINGS.variables, MODE: 'refuses' };
    const result = await rooms.run(FILES, {}, { variables });
    assert.equal(result.kind, 'init-error');
    assert.equal(errorOf(result).errorType, 'Extension.InitError');
    assert.match(errorOf(result).errorMessage, /Extension\.NoConfig \(beside\)/);
  });

  test('without the variable a folder of that name is only a folder', async (context) => {
    await using rooms = await roomsHere(context);
    const result = await rooms.run(FILES);
    assert.equal(typeof answerOf(result), 'string');
    assert.equal(
      rooms.lines.some((line) => line.startsWith('heard')),
      false,
    );
  });
});
