import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import type { Runtime } from '../function/runtime/runtime.ts';
import type { BubblewrapSandbox } from '../sandbox/bubblewrap/bubblewrap-sandbox.ts';
import { wallsHere, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import { noPython, pythonHere } from './fixture/python.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';

const skip = await noPython();
const behindWalls = { skip: whyNoWalls ?? false };
const PYTHON = { runtime: 'python3.11', handler: 'app.handler' };

/** So much code that compiling it ahead is worth while. */
const BULK = Array.from({ length: 500 }, (_, n) => `def f${n}(a):\n    return [b + ${n} for b in a]\n`).join(
  '',
);

function writeInside(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The runtime with a layer's folder shown where layers are. */
function withLayer(runtime: Runtime, source: string): Runtime {
  return {
    ids: runtime.ids,
    preparation: runtime.preparation,
    prepare: (folder) => runtime.prepare(folder),
    probe: () => runtime.probe(),
    launch: async (settings, folder) => {
      const launch = await runtime.launch(settings, folder);
      if ('kind' in launch) return launch;
      return { ...launch, mounts: [...launch.mounts, { source, target: '/opt', access: 'read-only' }] };
    },
  };
}

describe('Python behind the walls of this machine', { skip, timeout: 120_000 }, () => {
  let rooms: Rooms;
  let walls: BubblewrapSandbox | undefined;
  before(async () => {
    walls = await wallsHere(new SystemClock());
    rooms = await openRooms({ runtimes: pythonHere(), ...(walls && { sandbox: walls }) });
  });
  after(async () => {
    await rooms[Symbol.asyncDispose]();
    await walls?.[Symbol.asyncDispose]();
  });

  test(
    'a Python from anybody’s home runs, starts programs, and shows nothing else of that home',
    behindWalls,
    async () => {
      const home = process.env['HOME'] ?? '/root';
      const code = `import os, subprocess, sys, multiprocessing, ssl, sqlite3, ctypes, boto3
def seen(folder):
    try: return os.listdir(folder)
    except OSError: return []
def handler(event, context):
    child = subprocess.run(["python3", "-c", "print(6 * 7)"], capture_output=True, text=True)
    other = subprocess.run([sys.executable, "-c", "import json; print(json.dumps(1))"], capture_output=True, text=True)
    return {"child": child.stdout + child.stderr, "other": other.stdout + other.stderr, "home": seen("${home}"), "run": sorted(seen("/var/runtime"))}`;
      const result = await rooms.run({ 'app.py': code }, {}, PYTHON);
      const run = ['client', 'launcher', 'sdk'];
      assert.deepEqual(answerOf(result), { child: '42\n', other: '1\n', home: [], run }, logOf(result));
    },
  );

  test(
    'what layers bring is found, after the package and before what the runtime brings',
    behindWalls,
    async (t) => {
      const layer = mkdtempSync(join(tmpdir(), 'millrace-layer-'));
      chmodSync(layer, 0o755);
      t.after(() => rmSync(layer, { recursive: true }));
      const files = {
        'python/one.py': 'x = "layer"',
        'python/both.py': 'x = "layer"',
        'python/boto3.py': 'x = "layer"',
      };
      for (const [path, text] of Object.entries(files)) writeInside(layer, path, text);
      const layered = pythonHere().map((runtime) => withLayer(runtime, layer));
      await using other = await openRooms({ runtimes: layered, ...(walls && { sandbox: walls }) });
      const code = 'import one, both, boto3\ndef handler(event, context): return [one.x, both.x, boto3.x]';
      const result = await other.run({ 'app.py': code, 'both.py': 'x = "package"' }, {}, PYTHON);
      assert.deepEqual(answerOf(result), ['layer', 'package', 'layer'], logOf(result));
    },
  );

  test('a module that was compiled for another Python is named in the log', async () => {
    const name = 'fast.cpython-27-x86_64-linux-gnu.so';
    const result = await rooms.run({ 'app.py': 'import deep.fast', [`deep/${name}`]: '' }, {}, PYTHON);
    assert.match(errorOf(result).errorMessage, /No module named 'deep\.fast'$/);
    const line =
      /deep\/fast\.cpython-27\S+ is compiled for another Python or processor than runs this function: Python 3\./;
    assert.match(logOf(result), line);
  });

  test('neither its code nor its client can be changed by a function', behindWalls, async () => {
    const code = `def attempt(path):
    try: open(path, "w"); return "written"
    except OSError as error: return type(error).__name__
def handler(event, context):
    return {attempt(path) for path in ["/var/task/app.py", "/var/runtime/launcher/launcher.py", "/var/runtime/client/x", "/var/lang/x"]} <= {"OSError", "PermissionError", "FileNotFoundError"}`;
    assert.equal(answerOf(await rooms.run({ 'app.py': code }, {}, PYTHON)), true);
  });

  test('once its code is compiled ahead, a function is loaded from that bytecode, and none of it ran before', async () => {
    const files: Files = {
      'app.py': 'import bulk, deep.more\ndef handler(event, context): return deep.more.f1([1])',
      'bulk.py': `print("loaded")\n${BULK}`,
      'deep/more.py': BULK,
      'broken.py': 'def (',
    };
    const record = await rooms.deploy(files, { ...PYTHON, variables: { PYTHONVERBOSE: '1' } });
    await rooms.primer.settled();
    const primed = rooms.events.findLast((event) => event.kind === 'primed');
    assert.deepEqual(Object.keys(primed ?? {}), ['kind', 'function', 'tookMs'], JSON.stringify(primed));
    assert.doesNotMatch(rooms.lines.join('\n'), /^loaded$/m);
    const result = await rooms.invoke(record);
    assert.deepEqual(answerOf(result), [2], logOf(result));
    const log = rooms.lines.join('\n');
    for (const name of ['app', 'bulk', 'more'])
      assert.match(log, new RegExp(`__pycache__/${name}\\.\\S+\\.pyc matches .*/${name}\\.py`), log);
    assert.match(log, /^loaded$/m);
  });

  test('small code, and code whose owner says so, is not compiled ahead', async () => {
    const before = rooms.events.filter((event) => event.kind === 'primed').length;
    await rooms.deploy({ 'app.py': 'def handler(event, context): return 1' }, PYTHON);
    const variables = { MILLRACE_PRIMING: 'off' };
    await rooms.deploy({ 'app.py': BULK }, { ...PYTHON, variables });
    await rooms.primer.settled();
    assert.equal(rooms.events.filter((event) => event.kind === 'primed').length, before);
  });

  test('whoever fills memory is told so', behindWalls, async () => {
    const code =
      'def handler(event, context):\n  kept = []\n  while True: kept.append(bytearray(10_000_000))';
    const result = await rooms.run(
      { 'app.py': code },
      {},
      { ...PYTHON, memorySizeMb: 128, timeoutMs: 60_000 },
    );
    assert.equal(errorOf(result).errorType, 'Runtime.OutOfMemory');
  });
});
