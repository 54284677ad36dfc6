import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FunctionSettings } from '../function/function.ts';
import { sharedWalls, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';

const MOST_LOOKS = 2000;

const walls = sharedWalls();

/** Rooms in which a program waits: one environment of this shape has been wanted. */
async function roomsWithSpare(): Promise<Rooms> {
  const rooms = await openRooms({ hasSpares: true, ...walls });
  await rooms.run({ 'index.js': 'exports.handler = async () => 1;' });
  await untilReady(rooms);
  return rooms;
}

async function untilReady(rooms: Rooms): Promise<void> {
  rooms.spares.fill();
  for (let look = 0; rooms.spares.size === 0 && look < MOST_LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.notEqual(rooms.spares.size, 0, JSON.stringify(rooms.events));
}

/** What a handler tells of where it runs; `hasWaited` only if its process was there before its code. */
const TELLER: Files = {
  'index.mjs': `
    import { readFileSync, readdirSync, writeFileSync, statSync, linkSync } from 'node:fs';
    const attempt = (work) => { try { return String(work()); } catch (error) { return error.code; } };
    export const handler = async () => ({
      variables: process.env,
      atStart: readFileSync('/proc/self/environ', 'utf8').split('\\0').filter(Boolean).map((text) => text.split('=')[0]),
      task: readdirSync('/var/task').sort(),
      folder: import.meta.dirname,
      write: attempt(() => writeFileSync('/var/task/new', '')),
      overwrite: attempt(() => writeFileSync('/var/task/index.mjs', '')),
      link: attempt(() => linkSync('/var/task/index.mjs', '/tmp/mine')),
      owner: statSync('/var/task/index.mjs').uid,
      uid: process.getuid(),
      now: new Date(0).toString(),
    });`,
  'lib/part.mjs': 'export const part = 1;',
};

/** A helper that runs beside a function and wants to know of nothing. */
const EXTENSION = `#!/var/lang/bin/node
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension';
const headers = { 'Lambda-Extension-Name': 'helper' };
const registered = await fetch(base + '/register', { method: 'POST', headers, body: '{"events":[]}' });
const id = registered.headers.get('lambda-extension-identifier');
await fetch(base + '/event/next', { headers: { 'Lambda-Extension-Identifier': id } });`;

interface Told {
  readonly variables: Readonly<Record<string, string>>;
  readonly atStart: readonly string[];
  readonly [name: string]: unknown;
}

async function told(rooms: Rooms, settings: Partial<FunctionSettings> = {}): Promise<Told> {
  return answerOf(await rooms.run(TELLER, {}, settings)) as Told;
}

const isLate = ({ atStart }: Told): boolean => atStart.includes('MILLRACE_SPARE');

describe('programs started ahead, behind the walls', { timeout: 60_000, skip: whyNoWalls ?? false }, () => {
  test('a function cannot tell whether its program has waited for it, but by how it was started', async () => {
    await using rooms = await roomsWithSpare();
    const variables = { MINE: 'yes', TZ: 'Asia/Tokyo', NODE_ENV: 'production' };
    const late = await told(rooms, { variables });
    const early = await told(rooms, { variables: { ...variables, NODE_NO_WARNINGS: '1' } });
    assert.deepEqual([isLate(late), isLate(early)], [true, false]);
    for (const name of ['task', 'folder', 'write', 'overwrite', 'link', 'owner', 'now']) {
      assert.deepEqual(late[name], early[name], name);
    }
    const { NODE_NO_WARNINGS: _, ...others } = early.variables;
    assert.deepEqual(Object.keys(late.variables).toSorted(), Object.keys(others).toSorted());
    assert.deepEqual([late['write'], late['overwrite'], late['link']], ['EROFS', 'EROFS', 'EXDEV']);
    assert.match(String(late['now']), /\+0900/);
  });

  test('what a process keeps of its start holds nothing of the function', async () => {
    await using rooms = await roomsWithSpare();
    const { atStart } = await told(rooms, { variables: { SECRET: 'x' } });
    assert.deepEqual(atStart.toSorted(), [
      ...['AWS_LAMBDA_RUNTIME_API', 'HOME', 'LANG', 'LD_LIBRARY_PATH', 'MILLRACE_SOCKET', 'MILLRACE_SPARE'],
      ...['NODE_PATH', 'PATH', 'PWD', 'TZ'],
    ]);
  });

  test('each has a user of its own and code of its own', async () => {
    await using rooms = await roomsWithSpare();
    const first = await told(rooms);
    await untilReady(rooms);
    const second = await told(rooms);
    assert.deepEqual([isLate(first), isLate(second)], [true, true]);
    if (process.getuid?.() === 0) assert.notEqual(first['uid'], second['uid']);
    assert.notEqual(
      first.variables['AWS_LAMBDA_LOG_STREAM_NAME'],
      second.variables['AWS_LAMBDA_LOG_STREAM_NAME'],
    );
  });

  test('a function of another size, or that needs a start of its own, does not get one', async () => {
    await using rooms = await roomsWithSpare();
    for (const settings of [
      { memorySizeMb: 300 },
      { ephemeralStorageMb: 600 },
      { variables: { NODE_OPTIONS: '--no-warnings' } },
      { variables: { LD_PRELOAD: '' } },
    ]) {
      assert.equal(isLate(await told(rooms, settings)), false, JSON.stringify(settings));
    }
    const helper = { executable: EXTENSION };
    const extended = { variables: { MILLRACE_EXTENSIONS: 'package' } };
    const beside = await rooms.run({ ...TELLER, 'extensions/helper': helper }, {}, extended);
    assert.equal(isLate(answerOf(beside) as Told), false, 'with an extension');
    const shared = { ...TELLER, 'lib/libmine.so.1': 'no library' };
    assert.equal(isLate(answerOf(await rooms.run(shared)) as Told), false);
    assert.ok(rooms.spares.size > 0);
  });

  test('whether one is there for a function is known before anything of it is started', async () => {
    await using rooms = await roomsWithSpare();
    const known = async (settings: Partial<FunctionSettings>): Promise<boolean> =>
      rooms.spares.hasFor(await rooms.deploy(TELLER, settings));
    assert.equal(await known({ variables: { MINE: 'yes' } }), true);
    assert.equal(await known({ memorySizeMb: 300 }), false);
    assert.equal(await known({ variables: { NODE_OPTIONS: '' } }), false);
    assert.equal(await known({ variables: { MILLRACE_NETWORK: 'none' } }), false);
    const unfit = await rooms.deploy({ ...TELLER, 'lib/libmine.so.1': 'no library' });
    assert.equal(rooms.spares.hasFor(unfit), true);
    await rooms.invoke(unfit);
    assert.equal(rooms.spares.hasFor(unfit), false, 'once its code was seen');
  });

  test('code that cannot be loaded fails in one as ever, and its output is in its log', async () => {
    await using rooms = await roomsWithSpare();
    const result = await rooms.run({
      'index.js': 'console.log("before"); throw new TypeError("not today");',
    });
    assert.equal(result.kind, 'init-error');
    assert.equal(errorOf(result).errorMessage, 'not today');
    assert.match(logOf(result), /INFO\tbefore/);
  });

  test('what priming has made is there in one', async () => {
    await using rooms = await roomsWithSpare();
    const bulk = Array.from({ length: 8000 }, (_, n) => `exports.f${n} = (a) => a.map((b) => b + ${n});`);
    const code = `
      require('./bulk');
      const { readFileSync, readdirSync } = require('fs');
      exports.handler = async () => ({
        isLate: readFileSync('/proc/self/environ', 'utf8').includes('MILLRACE_SPARE'),
        used: require('module').getCompileCacheDir(),
        made: readdirSync('/var/lang/compile-cache'),
      });`;
    const record = await rooms.deploy({ 'index.js': code, 'bulk.js': bulk.join('\n') });
    await rooms.primer.settled();
    const found = answerOf(await rooms.invoke(record)) as { isLate: boolean; used?: string; made: string[] };
    assert.deepEqual([found.isLate, typeof found.used, found.made.length], [true, 'string', 1]);
  });

  test('its memory is the limit of its shape', async () => {
    await using rooms = await roomsWithSpare();
    const code =
      'const all = []; exports.handler = async () => { for (;;) all.push(Buffer.alloc(10e6, 1)); };';
    const result = await rooms.run({ 'index.js': code });
    assert.equal(result.kind === 'exited' && result.outOfMemory, true);
  });

  test('environments that need its memory get it', async () => {
    await using rooms = await roomsWithSpare();
    const gone = Promise.withResolvers<void>();
    assert.equal(rooms.spares.giveUpOne(gone.resolve), true);
    await gone.promise;
    assert.deepEqual([rooms.spares.size, rooms.spares.usedMemoryBytes], [0, 0]);
    assert.equal(
      rooms.spares.giveUpOne(() => undefined),
      false,
    );
  });
});
