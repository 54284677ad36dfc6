import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, test } from 'node:test';
import type { FunctionRecord } from '../function/function.ts';
import { sharedWalls, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import { answerOf, logOf } from './fixture/results.ts';
import { openRooms, zipOf, type Files, type Rooms, type RoomsOptions } from './fixture/rooms.ts';

const MEBIBYTE = 1_048_576;
/** For the tests on memory: room for a few small environments, not for a large one beside them. */
const ROOM_BYTES = 250 * MEBIBYTE;
const PAUSE_MS = 1000;

const walls = sharedWalls();

describe(
  'the life of an environment behind the walls',
  { timeout: 60_000, skip: whyNoWalls ?? false },
  () => {
    test('a timer that a handler leaves behind does not run between invocations', async () => {
      await using rooms = await roomsHere();
      const record = await rooms.deploy({
        'index.mjs': `
        let last = performance.now(), gap = 0;
        setInterval(() => { const now = performance.now(); gap = Math.max(gap, now - last); last = now; }, 5).unref();
        const turns = () => new Promise((resolve) => setTimeout(resolve, 20));
        export const handler = async () => { await turns(); return gap; };`,
      });
      await rooms.invoke(record);
      await pause(PAUSE_MS);
      const gapMs = Number(answerOf(await rooms.invoke(record)));
      assert.equal(rooms.pool.size, 1);
      assert.ok(gapMs >= PAUSE_MS / 2, `the timer never paused longer than ${gapMs} ms`);
    });

    test('/tmp survives from one invocation to the next in its environment, and not its environment', async () => {
      await using rooms = await roomsHere();
      const record = await rooms.deploy({
        'index.mjs': `
        import { appendFileSync, readFileSync } from 'node:fs';
        export const handler = async () => { appendFileSync('/tmp/seen', 'x'); return readFileSync('/tmp/seen', 'utf8'); };`,
      });
      assert.equal(answerOf(await rooms.invoke(record)), 'x');
      assert.equal(answerOf(await rooms.invoke(record)), 'xx');
      await rooms.functions.changeSettings(record.key, { description: 'changed' });
      const now = rooms.functions.get(record.key) ?? record;
      assert.equal(answerOf(await rooms.invoke(now)), 'x');
    });

    test(
      'new code is warm before anybody asks for it, when the code before was in use',
      { timeout: 20_000 },
      async () => {
        await using rooms = await roomsHere({ warmShare: 0.5 });
        const files = (answer: number): Files => ({
          'index.mjs': `export const handler = async () => ${answer};`,
        });
        const record = await rooms.deploy(files(1));
        assert.equal(answerOf(await rooms.invoke(record)), 1);
        await rooms.functions.changeCode(record.key, zipOf(files(2)));
        const started = (): number =>
          rooms.events.filter(({ kind }) => kind === 'environment-started').length;
        while (started() < 2) await pause(5);
        const result = await rooms.invoke(rooms.functions.get(record.key) ?? record);
        assert.equal(answerOf(result), 2);
        assert.doesNotMatch(logOf(result), /Init Duration/);
        // The former goes meanwhile; one too many would stay.
        while (rooms.pool.size > 1) await pause(5);
      },
    );

    test('memory really used counts, not what functions declare; the least recently used idle one makes room', async () => {
      await using rooms = await roomsHere();
      const deploy = (sizeMb: number): Promise<FunctionRecord> =>
        rooms.deploy(
          {
            'index.mjs': `
            const held = Buffer.alloc(${sizeMb * MEBIBYTE}, 1);
            export const handler = async () => held.length;`,
          },
          { memorySizeMb: 3008 },
        );
      const small = [await deploy(1), await deploy(1)];
      for (const record of small) await rooms.invoke(record);
      assert.equal(rooms.pool.size, 2);
      assert.deepEqual(endings(rooms), []);
      const large = await deploy(200);
      const log = logOf(await rooms.invoke(large));
      assert.match(log, /Max Memory Used: [23]\d\d MB/);
      await rooms.invoke(await deploy(1));
      assert.deepEqual(endings(rooms)[0], { function: small[0]?.key.name, why: 'its memory is needed' });
    });
  },
);

function roomsHere(options: RoomsOptions = {}): Promise<Rooms> {
  return openRooms({ memoryBytes: ROOM_BYTES, ...walls, ...options });
}

function endings(rooms: Rooms): readonly { readonly function: string; readonly why: string }[] {
  return rooms.events.flatMap((event) =>
    event.kind === 'environment-ended' ? [{ function: event.function, why: event.why }] : [],
  );
}
