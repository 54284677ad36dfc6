import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SystemClock } from '../base/clock.ts';
import type { BubblewrapSandbox } from '../sandbox/bubblewrap/bubblewrap-sandbox.ts';
import { wallsHere, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { WatchEvent } from '../watch/event.ts';
import { ProcessSandbox } from './fixture/process-sandbox.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';

const CACHE = '/var/lang/compile-cache';
/** So much code that priming it is worth while. */
const BULK = Array.from({ length: 8000 }, (_, n) => `exports.f${n} = (a) => a.map((b) => b + ${n});`).join(
  '\n',
);

let rooms: Rooms;
let walls: BubblewrapSandbox | undefined;
before(async () => {
  walls = await wallsHere(new SystemClock());
  rooms = await openRooms(walls === undefined ? {} : { sandbox: walls });
});
after(async () => {
  await rooms[Symbol.asyncDispose]();
  await walls?.[Symbol.asyncDispose]();
});

const behindWalls = { skip: whyNoWalls ?? false };

/** Whether and why not the last priming worked. */
function lastPriming(): (WatchEvent & { readonly kind: 'primed' }) | undefined {
  return rooms.events.findLast((event) => event.kind === 'primed');
}

const bulky = (code: string): Files => ({ 'index.js': `require("./bulk");\n${code}`, 'bulk.js': BULK });

test('once its code is primed, a function is loaded from the compile cache, whatever user runs it', async () => {
  const record = await rooms.deploy(bulky('exports.handler = async () => process.getuid();'), {
    variables: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
  });
  await rooms.primer.settled();
  assert.deepEqual(Object.keys(lastPriming() ?? {}), ['kind', 'function', 'tookMs']);
  const result = await rooms.invoke(record);
  assert.equal(typeof answerOf(result), 'number');
  const log = rooms.lines.join('\n');
  assert.match(log, /cache for .*bulk\.js was accepted/, log);
  assert.match(log, /cache for .*index\.js was accepted/, log);
});

test('an ES module is loaded from the compile cache too', async () => {
  const record = await rooms.deploy(
    { 'app.mjs': 'import "./bulk.cjs"; export const handler = async () => 1;', 'bulk.cjs': BULK },
    { handler: 'app.handler', variables: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } },
  );
  await rooms.primer.settled();
  await rooms.invoke(record);
  assert.match(rooms.lines.join('\n'), /cache for .*app\.mjs was accepted/);
});

test('a platform that stops does not wait for code that is being primed', async () => {
  const started = Promise.withResolvers<void>();
  const inner = walls ?? new ProcessSandbox();
  const sandbox: Sandbox = {
    ...{
      tier: '',
      description: '',
      ownsAny: async () => false,
      [Symbol.asyncDispose]: async () => undefined,
    },
    start: async (spec, output) => {
      const tree = await inner.start(spec, output);
      started.resolve();
      return tree;
    },
  };
  const other = await openRooms({ sandbox });
  await other.deploy(bulky('for (;;);'));
  await started.promise;
  await other[Symbol.asyncDispose]();
  assert.deepEqual(
    other.events.filter((event) => event.kind === 'primed'),
    [],
  );
});

test(
  'a function can neither write into its compile cache nor see that of another with the same code',
  behindWalls,
  async () => {
    const files = bulky(`
    const fs = require("node:fs");
    const attempt = (work) => { try { return String(work()); } catch (error) { return error.code; } };
    const written = attempt(() => fs.writeFileSync("${CACHE}/" + process.env.NAME, "code"));
    const folder = fs.readdirSync("${CACHE}").find((name) => name.startsWith("v"));
    exports.handler = async () => ({
      written,
      inFolder: attempt(() => fs.writeFileSync("${CACHE}/" + folder + "/more", "code")),
      removed: attempt(() => fs.renameSync("${CACHE}/" + folder, "${CACHE}/gone")),
      seen: fs.readdirSync("${CACHE}").filter((name) => !name.startsWith("v")),
    });`);
    for (const name of ['one', 'other']) {
      const record = await rooms.deploy(files, { variables: { NAME: name } });
      await rooms.primer.settled();
      assert.equal(lastPriming()?.why, undefined);
      assert.equal(lastPriming()?.function, record.key.name);
      const expected = { written: 'EROFS', inFolder: 'EROFS', removed: 'EROFS', seen: [name] };
      assert.deepEqual(answerOf(await rooms.invoke(record)), expected);
    }
  },
);

test('code that cannot be loaded fails its invocation as ever; that priming failed stands in its log', async () => {
  const record = await rooms.deploy(bulky('throw new TypeError("not today");'));
  await rooms.primer.settled();
  assert.match(lastPriming()?.why ?? '', /TypeError: not today/);
  assert.ok(rooms.lines.some((line) => line.startsWith('Priming failed: TypeError: not today')));
  assert.equal(record.state.kind, 'active');
  assert.equal(errorOf(await rooms.invoke(record)).errorMessage, 'not today');
});

test('code that fills the disk while it is primed is ended, and nothing of it is kept', async () => {
  const record = await rooms.deploy(
    bulky(`
      const fs = require("node:fs");
      exports.handler = async () => (fs.existsSync("${CACHE}") ? fs.readdirSync("${CACHE}").length : 0);
      if (fs.existsSync("${CACHE}")) for (let n = 0; ; n += 1) fs.writeFileSync("${CACHE}/" + n, "");`),
  );
  await rooms.primer.settled();
  if (walls === undefined) return;
  assert.equal(lastPriming()?.why, 'it wrote more than may be kept');
  assert.equal(answerOf(await rooms.invoke(record)), 0);
});

test(
  'code that hides what it writes while it is primed keeps nothing, and is removed',
  behindWalls,
  async () => {
    const record = await rooms.deploy(
      bulky(`
      const fs = require("node:fs");
      exports.handler = async () => fs.existsSync("${CACHE}");
      if (fs.existsSync("${CACHE}")) {
        process.chdir("${CACHE}");
        for (let n = 0; n < 60; n += 1) { fs.mkdirSync("d".repeat(100)); process.chdir("d".repeat(100)); }
        fs.writeFileSync("hidden", Buffer.alloc(1_000_000));
      }`),
    );
    await rooms.primer.settled();
    assert.equal(lastPriming()?.why, 'it wrote more than may be kept');
    assert.equal(answerOf(await rooms.invoke(record)), false);
    assert.equal(rooms.events.filter((event) => event.kind === 'trouble').length, 0);
  },
);

test('small code, and code whose owner says so, is not run at upload', async () => {
  const before = rooms.events.length;
  await rooms.deploy({ 'index.js': 'exports.handler = async () => 1;' });
  await rooms.deploy(bulky('exports.handler = async () => 1;'), { variables: { MILLRACE_PRIMING: 'off' } });
  await rooms.primer.settled();
  assert.deepEqual(
    rooms.events.slice(before).filter((event) => event.kind === 'primed'),
    [],
  );
  assert.equal(logOf(await rooms.run({ 'index.js': 'exports.handler = async () => 1;' })).length > 0, true);
});
