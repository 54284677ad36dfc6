import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedWalls, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import type { FunctionSettings } from '../function/function.ts';
import { answerOf, errorOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';
import type { InvokeResult } from './result.ts';

const walls = sharedWalls();

const roomsHere = (): Promise<Rooms> => openRooms(walls);

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

describe(
  'extensions that are programs of their own, behind the walls',
  { timeout: 60_000, skip: whyNoWalls ?? false },
  () => {
    test('one runs beside the function, learns of each invocation, and of the end, for which it has time', async () => {
      const rooms = await roomsHere();
      const record = await rooms.deploy(FILES, SETTINGS);
      const ids = [answerOf(await rooms.invoke(record)), answerOf(await rooms.invoke(record))];
      await rooms[Symbol.asyncDispose]();
      // In one environment or in two: one takes its next invocation only when its extension is ready as well.
      const heard = new Set(rooms.lines.filter((line) => /^(heard|hidden)/.test(line)));
      const invocations = ids.map((id) => `heard INVOKE ${String(id)}`);
      const expected = [...invocations, 'heard SHUTDOWN spindown', 'hidden 0'];
      assert.deepEqual([...heard].toSorted(), expected.toSorted(), rooms.lines.join('\n'));
      assert.ok(rooms.lines.some((line) => line.endsWith('runtime asked')));
      assert.ok(rooms.lines.includes('EXTENSION\tName: beside\tState: Ready\tEvents: [INVOKE, SHUTDOWN]'));
    });

    test('one that ends ends the environment, and the log says which', async () => {
      await using rooms = await roomsHere();
      const variables = { ...SETTINGS.variables, MODE: 'broken' };
      const result = await rooms.run(FILES, {}, { variables });
      const { errorType, errorMessage } = errorOf(result);
      assert.deepEqual([errorType, errorMessage], ['Extension.Crash', 'Error: exit code 3']);
      assert.ok(rooms.lines.includes('Extension beside ended with exit status 3'), rooms.lines.join('\n'));
    });

    test('one that says it cannot start is the error of the start', async () => {
      await using rooms = await roomsHere();
      const variables = { ...SETTINGS.variables, MODE: 'refuses' };
      const result = await rooms.run(FILES, {}, { variables });
      assert.equal(result.kind, 'init-error');
      assert.equal(errorOf(result).errorType, 'Extension.InitError');
      assert.match(errorOf(result).errorMessage, /Extension\.NoConfig \(beside\)/);
    });

    test('without the variable a folder of that name is only a folder', async () => {
      await using rooms = await roomsHere();
      const result = await rooms.run(FILES);
      assert.equal(typeof answerOf(result), 'string');
      assert.equal(
        rooms.lines.some((line) => line.startsWith('heard')),
        false,
      );
    });

    /** What extensions heard of the end, once nothing of the environment is left. */
    async function ends(
      handler: string,
      settings: Partial<FunctionSettings> = {},
    ): Promise<{ readonly result: InvokeResult; readonly heard: readonly string[] }> {
      const rooms = await roomsHere();
      const files = { ...FILES, 'index.mjs': handler };
      const result = await rooms.run(files, {}, { ...SETTINGS, ...settings });
      await rooms[Symbol.asyncDispose]();
      const heard = rooms.lines.filter((line) => /^heard SHUTDOWN|after its time/.test(line));
      return { result, heard };
    }

    test('when the runtime ends by itself, its caller is told at once, and extensions of the failure', async () => {
      const { result, heard } = await ends('export const handler = () => process.exit(7);');
      assert.match(errorOf(result).errorMessage, /exit status 7$/);
      assert.deepEqual(heard, ['heard SHUTDOWN failure']);
    });

    test('when it ends while it loads the code, too', async () => {
      const { result, heard } = await ends('process.exit(8);');
      assert.equal(result.kind === 'exited' && result.during, 'init');
      assert.match(errorOf(result).errorMessage, /exit status 8$/);
      assert.deepEqual(heard, ['heard SHUTDOWN failure']);
    });

    test('what the runtime says of its failure, and then ends, is heard before its end', async () => {
      for (let round = 0; round < 3; round += 1) {
        const { result, heard } = await ends('export const handler = ;');
        assert.equal(errorOf(result).errorType, 'Runtime.UserCodeSyntaxError');
        assert.deepEqual(heard, ['heard SHUTDOWN failure']);
      }
    });

    test('at a time-out extensions have their time, and the runtime has none', async () => {
      const handler = `
      process.on('SIGTERM', () => console.log('after its time'));
      export const handler = () => new Promise(() => setInterval(() => undefined, 10));`;
      const { result, heard } = await ends(handler, { timeoutMs: 1000 });
      assert.equal(errorOf(result).errorType, 'Sandbox.Timedout');
      assert.deepEqual(heard, ['heard SHUTDOWN timeout']);
    });

    test('a runtime that the kernel ends for lack of memory is told apart from one that is killed', async () => {
      const greedy = `
      const kept = [];
      export const handler = () => { for (;;) kept.push(Buffer.alloc(5e6, 1)); };`;
      const { result } = await ends(greedy, { memorySizeMb: 128, ephemeralStorageMb: 512 });
      assert.equal(errorOf(result).errorType, 'Runtime.OutOfMemory');
      const killed = 'export const handler = () => { process.kill(process.pid, "SIGKILL"); };';
      const { result: other, heard } = await ends(killed);
      assert.match(errorOf(other).errorMessage, /signal: killed$/);
      assert.equal(errorOf(other).errorType, 'Runtime.ExitError');
      assert.deepEqual(heard, ['heard SHUTDOWN failure']);
    });

    test('the end of one during an invocation is its error, and the others learn of the failure', async () => {
      const rooms = await roomsHere();
      const fragile = EXTENSION.replaceAll("'beside'", "'fragile'").replace(
        "if (event.eventType === 'SHUTDOWN') process.exit(0);",
        "if (event.eventType === 'INVOKE') process.exit(5);",
      );
      const files = { ...FILES, 'extensions/fragile': { executable: fragile } };
      const slow = 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 15_000));';
      const result = await rooms.run({ ...files, 'index.mjs': slow }, {}, SETTINGS);
      assert.equal(errorOf(result).errorType, 'Extension.Crash');
      assert.match(errorOf(result).errorMessage, /^RequestId: \S+ Error: exit code 5$/);
      await rooms[Symbol.asyncDispose]();
      assert.ok(rooms.lines.includes('heard SHUTDOWN failure'), rooms.lines.join('\n'));
      assert.ok(rooms.lines.includes('Extension fragile ended with exit status 5'));
    });
  },
);
