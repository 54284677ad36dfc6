import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPaths, namedPaths } from './documents.ts';
import { floors, outsiders, roomOf } from './floors.ts';
import { broken, cycles, unreached } from './imports.ts';
import { lengths, names } from './names.ts';
import { sourceFile, type Rule } from './source-file.ts';
import { awsErrorNames, bannedWords, moduleState, pureLaw } from './words.ts';

/** What a rule says of one file. */
const said = (rule: Rule, path: string, source: string): readonly string[] =>
  rule([sourceFile(path, source)]);

function finds(rule: Rule, path: string, source: string): void {
  assert.equal(said(rule, path, source).length, 1, `${path} should be found: ${source}`);
}

function passes(rule: Rule, path: string, source: string): void {
  assert.deepEqual(said(rule, path, source), []);
}

test('rooms: a port, a technology, the event of watch and its readers are told apart', () => {
  const paths = ['src/store/blob.ts', 'src/store/sqlite/writer.ts', 'src/watch/event.ts', 'src/watch/log.ts'];
  assert.deepEqual(paths.map(roomOf), ['store', 'store/sqlite', 'watch/event', 'watch']);
  assert.deepEqual(['src/main.ts', 'src/wire/sqs/x.ts'].map(roomOf), ['main', 'wire']);
});

test('an import that goes up, or to another technology, is found', () => {
  finds(floors, 'src/queue/order.ts', "import { Broker } from '../broker/broker.ts';");
  finds(floors, 'src/base/clock.ts', "import type { Message } from '../message/message.ts';");
  finds(floors, 'src/store/memory/store.ts', "export * from '../sqlite/store.ts';");
  finds(floors, 'src/broker/keeper.ts', "const f = await import('../function/function.ts');");
  finds(floors, 'src/cli/up.ts', "import { s } from '../store/sqlite/store.ts';");
  finds(floors, 'src/queue/order.ts', "import { plan } from './order.test.ts';");
  finds(floors, 'src/cli/up.ts', "import { plan } from '../../ads/plan.ts';");
});

test('an import that goes down is not found; nor are those of tests', () => {
  passes(floors, 'src/queue/order.ts', "import type { Message } from '../message/message.ts';");
  passes(floors, 'src/store/sqlite/store.ts', "import type { Change } from '../change.ts';");
  passes(floors, 'src/server.ts', "import { s } from './store/sqlite/store.ts';");
  passes(floors, 'src/base/a.ts', "// import { x } from '../wire/x.ts'\nconst y = `from '../wire/x.ts'`;");
  passes(floors, 'src/queue/order.test.ts', "import { x } from '../broker/broker.ts';");
});

test('a customer that reaches inside is found', () => {
  finds(outsiders, 'ads/main.ts', "import { ok } from '../src/base/result.ts';");
  passes(outsiders, 'ads/main.ts', "import { ok } from './result.ts';");
});

test('a cycle is found, however long; a diamond is none', () => {
  const file = (path: string, ...targets: string[]) =>
    sourceFile(path, targets.map((target) => `import type { X } from './${target}.ts';`).join('\n'));
  const round = [file('src/base/a.ts', 'b'), file('src/base/b.ts', 'c'), file('src/base/c.ts', 'a')];
  assert.deepEqual(cycles(round), [
    'import cycle: src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts',
  ]);
  const diamond = [file('src/base/a.ts', 'b', 'c'), file('src/base/b.ts', 'd'), file('src/base/c.ts', 'd')];
  assert.deepEqual(cycles([...diamond, file('src/base/d.ts')]), []);
});

test('an import of a file that is not there is found', () => {
  finds(broken, 'src/base/a.ts', "import { x } from './gone.ts';");
});

test('a file that nobody reaches is found; what is named by its path is reached', () => {
  const main = sourceFile(
    'src/main.ts',
    "new Worker(new URL('./store/thread.ts', import.meta.url)); run('./base/b');",
  );
  const lonely = sourceFile('src/base/lonely.ts', '');
  assert.deepEqual(
    unreached(
      [main, sourceFile('src/store/thread.ts', ''), sourceFile('src/base/b.ts', ''), lonely],
      ['src/main.ts'],
    ),
    ['src/base/lonely.ts is reached from no entry and no test: use it or remove it'],
  );
});

test('each banned word is found, but not in its one file, in a comment, a string or a test', () => {
  const lines = [
    'Date.now()',
    'new Date()',
    'setTimeout(f)',
    'setInterval(f)',
    'Math.random()',
    'randomUUID()',
  ];
  lines.push('process.env', 'process.exit(1)', 'console.log()', 'AbortSignal.timeout(1)');
  for (const line of lines) finds(bannedWords, 'src/broker/keeper.ts', line);
  passes(bannedWords, 'src/base/clock.ts', 'Date.now(); setTimeout(f);');
  passes(
    bannedWords,
    'src/broker/keeper.ts',
    "// Date.now()\nconst a = 'console.log'; process.exitCode = 1;",
  );
  passes(bannedWords, 'src/broker/keeper.test.ts', 'Date.now()');
});

test('waiting in the law of a queue is found', () => {
  finds(pureLaw, 'src/queue/queue.ts', 'async function apply() {}');
  finds(pureLaw, 'src/queue/queue.ts', 'const x: Promise<void> = f();');
  passes(pureLaw, 'src/queue/queue.ts', '// nothing is awaited: no await');
  passes(pureLaw, 'src/broker/keeper.ts', 'await commit();');
});

test('an AWS error name outside the doors is found, also in a string', () => {
  finds(awsErrorNames, 'src/broker/broker.ts', "throw new Error('QueueDoesNotExist');");
  finds(awsErrorNames, 'src/dispatch/verdict.ts', "if (error.name === 'ResourceNotFoundException') return;");
  passes(awsErrorNames, 'src/wire/errors.ts', "const code = 'ResourceNotFoundException';");
  passes(awsErrorNames, 'src/store/blob.ts', '(error as NodeJS.ErrnoException).code');
});

test('state at module level is found; constants and state inside functions are not', () => {
  finds(moduleState, 'src/base/a.ts', 'let count = 0;');
  finds(moduleState, 'src/base/a.ts', 'export const known = new Map<string, number>();');
  finds(moduleState, 'src/base/a.ts', 'const list: string[] = [];');
  passes(moduleState, 'src/base/a.ts', 'const NAMES: ReadonlySet<string> = new Set(["a"]);');
  passes(moduleState, 'src/base/a.ts', 'function f() {\n  let count = 0;\n}');
});

test('vague names, an index in src and a file too long are found', () => {
  for (const path of ['src/base/utils.ts', 'src/helpers/a.ts', 'ads/types.ts', 'src/queue/index.ts']) {
    finds(names, path, '');
  }
  for (const path of ['ads/click-processor/index.ts', 'src/queue/types-of-order.ts']) passes(names, path, '');
  finds(lengths, 'src/base/a.ts', 'x\n'.repeat(401));
  passes(lengths, 'src/base/a.ts', 'x\n'.repeat(400));
});

test('a document that names what is not there is found; addresses and drawings are left alone', () => {
  const text =
    'See `src/base/`, [style](STYLE.md#names), [site](https://example.org).\n```\n`no/such.ts`\n```\n';
  assert.deepEqual(namedPaths(text), ['STYLE.md', 'src/base/']);
  assert.deepEqual(
    missingPaths(text, (path) => path === 'STYLE.md'),
    ['src/base/'],
  );
});
