import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, Platform } from './crash/platform.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const skip = existsSync(join(root, 'src/main.ts')) ? false : 'there is no program yet';
const work = mkdtempSync(join(tmpdir(), 'millrace-package-'));
const project = join(work, 'project');
const program = join(project, 'node_modules/.bin/millrace');
const installed = join(project, 'node_modules/millrace');

after(() => rmSync(work, { recursive: true, force: true }));

before(() => {
  if (skip !== false) return;
  const copy = copyOfProject();
  run('npm', ['pack', '--pack-destination', work], copy);
  assert.deepEqual(readManifest(copy), readManifest(root), 'the project has its package.json again');
  const archive = join(work, `millrace-${readManifest(root).version}.tgz`);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', archive], project);
});

test('the installed program says its version and its commands', { skip }, () => {
  const { version } = readManifest(root);
  assert.equal(run(program, ['--version'], work).stdout.trim(), version);
  assert.match(run(program, ['--help'], work).stdout, /Usage: millrace/);
});

test(
  'what is installed is JavaScript without tests, with exact dependencies and no Node of its own',
  { skip },
  () => {
    const manifest = readManifest(installed);
    assert.equal(manifest.optionalDependencies, undefined);
    assert.equal(manifest.engines?.['node'], '>=24');
    for (const version of Object.values(manifest.dependencies ?? {}))
      assert.match(version, /^\d+\.\d+\.\d+$/);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((file) => /\.test\.|\.ts$|^ads|^scripts/.test(file)),
      [],
    );
    for (const file of ['src/main.js', 'runtimes/node/bootstrap.cjs', 'bin/memory.sh']
      .map((name) => `dist/package/${name}`)
      .concat('LICENSE'))
      assert.ok(files.includes(file), file);
  },
);

test('the installed program uses memory as the one in a checkout does', { skip }, () => {
  const teller = join(work, 'teller.cjs');
  writeFileSync(
    teller,
    `const words = process.execArgv.filter((word) => !word.includes('warning'));
    const variables = Object.entries(process.env).filter(([name]) => name.startsWith('MALLOC_'));
    process.stdout.write(JSON.stringify({ words, variables }));
    process.exit();`,
  );
  const options = { NODE_OPTIONS: `--require=${teller}` };
  const there = run(program, ['up'], work, options).stdout;
  assert.equal(there, run(join(root, 'bin/millrace'), ['up'], work, options).stdout);
  assert.match(
    there,
    /"--max-semi-space-size=\d+","--heap-growing-percent=\d+".*"MALLOC_TRIM_THRESHOLD_","\d+"/,
  );
});

test('the installed program runs a function', { skip }, async () => {
  const data = join(work, 'data');
  const environment = { PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter) };
  const port = await freePort();
  await using _platform = await Platform.start({
    dataDirectory: data,
    port,
    program: [program],
    variables: { ...process.env, ...environment },
  });
  const to = ['--endpoint', `http://127.0.0.1:${port}`];
  run(program, ['deploy', join(root, 'examples/hello'), ...to], work);
  assert.match(run(program, ['invoke', 'hello', '{"name":"you"}', ...to], work).stdout, /you/);
});

const old = oldNode();

test(
  'a Node that is too old is refused in one sentence',
  { skip: skip || (old === undefined && 'no old Node here') },
  () => {
    const path = [dirname(old ?? ''), process.env['PATH']].join(delimiter);
    const refused = spawnSync(program, ['up'], { env: { ...process.env, PATH: path }, encoding: 'utf8' });
    assert.match(refused.stderr, /^millrace needs Node 24 or newer; this is Node [\d.]+\.\n$/);
    assert.equal(refused.status, 1);
  },
);

/** The project as `npm pack` finds it: other tests may read this one's files at the same time. */
function copyOfProject(): string {
  const copy = join(work, 'copy');
  const left = /\/(?:node_modules|\.git|dist|build|\.data|\.setup)(?:\/|$)/;
  cpSync(root, copy, { recursive: true, filter: (path) => !left.test(path.slice(root.length - 1)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

interface Manifest {
  readonly version: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: unknown;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** What a command printed; it must succeed. It runs on the Node of this test, and without what npm has set for it. */
function run(
  command: string,
  words: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): { readonly stdout: string } {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(registry|.*proxy|cafile|cache))/i.test(name),
  );
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const env = { ...Object.fromEntries(kept), PATH: path, NODE_TEST_CONTEXT: undefined, ...variables };
  const done = spawnSync(command, words, { cwd: folder, env, encoding: 'utf8' });
  assert.equal(done.status, 0, `${command} ${words.join(' ')}: ${done.stdout}${done.stderr}`);
  return done;
}

/** The machine's own Node, if it is older than 24. */
function oldNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find(
      (node) =>
        Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1]) < 24,
    );
}
