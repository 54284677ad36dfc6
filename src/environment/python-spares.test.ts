import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedWalls, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import { noPython, pythonHere } from './fixture/python.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms } from './fixture/rooms.ts';

const MOST_LOOKS = 4000;
const PYTHON = { runtime: 'python3.12', handler: 'app.handler' };
const noPrograms = whyNoWalls ?? (await noPython());

const walls = sharedWalls();

/** Rooms in which a Python program waits. */
async function roomsWithSpare(cacheDirectory?: string): Promise<Rooms> {
  const runtimes = pythonHere(cacheDirectory === undefined ? {} : { cacheDirectory });
  const rooms = await openRooms({ hasSpares: true, ...walls, runtimes });
  await rooms.run({ 'app.py': 'def handler(event, context): return 1' }, {}, PYTHON);
  rooms.spares.fill();
  for (let look = 0; rooms.spares.size === 0 && look < MOST_LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.notEqual(rooms.spares.size, 0, JSON.stringify(rooms.events));
  return rooms;
}

const IS_LATE = '"MILLRACE_SPARE" in open("/proc/self/environ").read()';

const TELLER = `import os, sys, logging, time, part
class Odd(Exception): pass
def handler(event, context):
    logging.getLogger().warning("told")
    if event: raise Odd("thrown")
    return {"late": ${IS_LATE}, "names": sorted(os.environ), "mine": os.environ.get("MINE"), "path": sys.path[0], "hour": time.localtime(0).tm_hour,
      "cwd": os.getcwd(), "files": sorted(os.listdir()), "ours": [name for name in ("spare", "millrace_spare") if name in sys.modules], "zone": part.zone, "function": context.function_name == os.environ["AWS_LAMBDA_FUNCTION_NAME"]}`;
/** How many TCP sockets it has while it is loaded, and when it is called. */
const CONNECTED = `import os, socket
def held():
    found = []
    for fd in range(3, 64):
        try: found.append(socket.socket(fileno=os.dup(fd)).family == socket.AF_INET)
        except OSError: pass
    return sum(found)
before = held()
def handler(event, context): return [${IS_LATE}, before, held()]`;
const FILES = { 'app.py': TELLER, 'part.py': 'import os\nzone = os.environ["TZ"]' };

describe('Python programs started ahead', { skip: noPrograms, timeout: 120_000 }, () => {
  for (const [client, cacheDirectory] of [
    ['AWS’s client'],
    ['our own client', '/dev/null/nowhere'],
  ] as const) {
    test(`a function on ${client} cannot tell whether its program has waited for it`, async () => {
      await using rooms = await roomsWithSpare(cacheDirectory);
      const variables = { MINE: 'yes', TZ: 'Asia/Tokyo' };
      const record = await rooms.deploy(FILES, { ...PYTHON, variables, logFormat: 'JSON' });
      const result = await rooms.invoke(record);
      const late = answerOf(result) as Record<string, unknown>;
      const log = logOf(result);
      assert.equal(late['late'], true);
      const line = log.split('\n').find((each) => each.includes('"told"')) ?? '';
      assert.match(line, /"level": "WARNING"/, log);
      const start = { ...PYTHON, variables: { ...variables, PYTHONHASHSEED: '1' } };
      const early = answerOf(await rooms.run(FILES, {}, { ...start, logFormat: 'JSON' })) as typeof late;
      const names = (early['names'] as string[]).filter((name) => name !== 'PYTHONHASHSEED');
      assert.deepEqual(late, { ...early, late: true, names });
      assert.deepEqual([early['late'], early['hour'], early['mine']], [false, 9, 'yes']);
      const thrown = await rooms.invoke(record, { go: 1 });
      assert.equal(errorOf(thrown).errorType, 'Odd');
    });
  }

  test('AWS’s client has its connection before it has a function', async () => {
    await using rooms = await roomsWithSpare();
    const result = await rooms.run({ 'app.py': CONNECTED }, {}, PYTHON);
    assert.deepEqual(answerOf(result), [true, 1, 1]);
  });

  test('what is wrong with the code is told as ever', async () => {
    await using rooms = await roomsWithSpare();
    const result = await rooms.run({ 'app.py': `print("late", ${IS_LATE})\nimport nowhere` }, {}, PYTHON);
    assert.match(logOf(result), /^late True$/m);
    assert.deepEqual(
      [result.kind, errorOf(result).errorType, errorOf(result).errorMessage],
      ['init-error', 'Runtime.ImportModuleError', "Unable to import module 'app': No module named 'nowhere'"],
    );
  });

  test('bytecode that was made at upload is found', async () => {
    await using rooms = await roomsWithSpare();
    const bulk = Array.from({ length: 500 }, (__, n) => `def f${n}(a):\n    return [b + ${n} for b in a]\n`);
    const code = `import bulk, os
def handler(event, context): return [${IS_LATE}, bulk.__spec__.loader.get_data(bulk.__cached__)[4], os.listdir("/var/runtime/bytecode/__pycache__")]`;
    const record = await rooms.deploy({ 'app.py': code, 'bulk.py': bulk.join('') }, PYTHON);
    await rooms.primer.settled();
    const [isLate, flags, names] = answerOf(await rooms.invoke(record)) as [boolean, number, string[]];
    // A flag of 1 says that the bytecode is not compared with its source.
    assert.deepEqual([isLate, flags, names.length], [true, 1, 2]);
  });
});
