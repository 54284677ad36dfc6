import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { unzipSync } from 'fflate';
import { contentOf, type NoContent, type Source } from './content.ts';
import type { Content } from './guess.ts';

/** A folder with these files, and a PATH on which only these programs, each a shell script, and coreutils are found. */
function folder(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>>,
): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-compiled-'));
  const [found, before] = [join(root, 'bin'), process.env['PATH']];
  const bin = (name: string): string => join(found, name);
  mkdirSync(found);
  for (const name of ['env', 'cat', 'sh']) cpSync(`/usr/bin/${name}`, bin(name));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(bin(name), `#!/bin/sh\n${script}\n`);
    chmodSync(bin(name), 0o755);
  }
  process.env['PATH'] = found;
  context.after(() => {
    process.env['PATH'] = before;
    rmSync(root, { recursive: true });
  });
  const source = join(root, 'source');
  mkdirSync(source);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(source, name), text);
  return source;
}

async function contentIn(
  root: string,
  more: Partial<Source> = {},
): Promise<{ readonly content: Content | NoContent; readonly told: readonly string[] }> {
  const told: string[] = [];
  const content = await contentOf({ folder: root, ...more }, (line) => told.push(line));
  return { content: content.ok ? content.value : content.failure, told };
}

/** What is in a package, as text. */
function packed(content: Content | NoContent): Record<string, string> {
  assert.ok('zip' in content, JSON.stringify(content));
  assert.deepEqual(content.guess, {
    ok: true,
    value: { runtime: 'provided.al2023', handler: 'bootstrap' },
  });
  const files = Object.entries(unzipSync(content.zip));
  return Object.fromEntries(files.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
}

function failureOf(content: Content | NoContent): string {
  assert.ok(!('zip' in content));
  return content.what;
}

const GO_FILES = { 'go.mod': 'module m', 'main.go': 'package main', 'notes.txt': 'not for upload' };
/** A Go whose program says how it was built; `$PACKAGE` and `$BELOW` are what it finds to build. */
const GO = `case "$1 $4" in
  "list {{.Name}}") echo "$PACKAGE";;
  list*) printf "$BELOW";;
  build*) while [ "$1" != -o ]; do flags="$flags $1"; shift; done
    echo "$GOOS $CGO_ENABLED $GOARCH$flags; $3" >"$2";;
esac`;

test('a folder with go.mod is built by Go, as a program that needs nothing of this machine', async (context) => {
  const { content, told } = await contentIn(folder(context, GO_FILES, { go: `PACKAGE=main; ${GO}` }));
  const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const flags = 'build -trimpath -buildvcs=false -tags lambda.norpc -ldflags -s -w';
  assert.deepEqual(packed(content), { bootstrap: `linux 0 ${machine} ${flags}; .\n` });
  assert.deepEqual(told, ['Building with Go …']);
});

test('how much Go has to compile is told before, when it is more than the program itself', async (context) => {
  const compiling = (...packages: readonly string[]): string =>
    `case "$*" in "build -n "*) ${packages.map((name) => `echo '/go/tool/compile -o x -p ${name}' >&2`).join('; ')};; esac`;
  const toldWith = async (script: string): Promise<readonly string[]> =>
    (await contentIn(folder(context, GO_FILES, { go: `PACKAGE=main; ${script}\n${GO}` }))).told;
  assert.deepEqual(await toldWith(compiling('runtime', 'fmt', 'main')), [
    'Building with Go …',
    'Compiling 3 packages, which Go keeps: next time it compiles what has changed …',
  ]);
  assert.deepEqual(await toldWith(compiling('main')), ['Building with Go …']);
});

test('Go finds its caches also where no variable names the home of the user', async (context) => {
  const before = process.env['HOME'];
  context.after(() => {
    if (before !== undefined) process.env['HOME'] = before;
  });
  delete process.env['HOME'];
  const go = `case $1 in list) echo main;; build) while [ "$1" != -o ]; do shift; done; echo "$HOME" >"$2";; esac`;
  const { content } = await contentIn(folder(context, GO_FILES, { go }));
  assert.equal(packed(content)['bootstrap'], `${userInfo().homedir}\n`);
});

test('a Go module whose one program is in a folder of its own is built all the same', async (context) => {
  const files = { 'go.mod': 'module m' };
  const one = await contentIn(
    folder(context, files, { go: `PACKAGE=; BELOW='\\n\\nm/cmd/handler\\n'; ${GO}` }),
  );
  assert.match(packed(one.content)['bootstrap'] ?? '', /; m\/cmd\/handler\n$/);
  const two = await contentIn(folder(context, files, { go: `BELOW='m/cmd/a\\nm/cmd/b\\n'; ${GO}` }));
  assert.match(failureOf(two.content), /several programs \(m\/cmd\/a, m\/cmd\/b\): deploy the folder of one/);
  const none = await contentIn(folder(context, files, { go: GO }));
  assert.match(failureOf(none.content), /Nothing in .* is a program: one package must be "package main"/);
});

test('what a compiler says is shown; one that is not there is named with the place it comes from', async (context) => {
  const go = `case $1 in list) echo main;; *) echo './main.go:3:2: undefined: x' >&2; exit 1;; esac`;
  const wrong = await contentIn(folder(context, GO_FILES, { go }));
  assert.match(failureOf(wrong.content), /^go failed in .*source:\n\.\/main\.go:3:2: undefined: x$/);
  const rust = { 'Cargo.toml': '[package]' };
  const cargo = `echo '{"reason":"build-finished"}'; echo 'error[E0425]: cannot find value' >&2; exit 101`;
  const failed = await contentIn(folder(context, rust, { cargo }));
  assert.match(failureOf(failed.content), /^cargo failed in .*source:\nerror\[E0425\]: cannot find value$/);
  assert.match(
    failureOf((await contentIn(folder(context, GO_FILES, {}))).content),
    /^Go is not installed: .*go\.dev/,
  );
  assert.match(
    failureOf((await contentIn(folder(context, rust, {}))).content),
    /^Rust is not installed: .*rustup/,
  );
});

test('a folder with Cargo.toml is built by cargo, wherever that puts its programs', async (context) => {
  const made = (name: string): string =>
    `echo ${name} >${name}.out; echo '{"reason":"compiler-artifact","target":{"name":"${name}"},"executable":"'$PWD/${name}.out'"}'`;
  const library = `echo '{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}'`;
  const cargo = (...programs: readonly string[]): Record<string, string> => ({
    cargo: [library, ...programs.map(made)].join('\n'),
  });
  const files = { 'Cargo.toml': '[package]' };
  const one = await contentIn(folder(context, files, cargo('orders')));
  assert.deepEqual(packed(one.content), { bootstrap: 'orders\n' });
  assert.deepEqual(one.told, ['Building with cargo …']);
  const named = await contentIn(folder(context, files, cargo('tool', 'bootstrap')));
  assert.deepEqual(packed(named.content), { bootstrap: 'bootstrap\n' });
  const several = await contentIn(folder(context, files, cargo('a', 'b')));
  assert.match(failureOf(several.content), /several programs \(a, b\): call one bootstrap/);
  const none = await contentIn(folder(context, files, cargo()));
  assert.match(failureOf(none.content), /made no program: the crate needs a src\/main\.rs/);
});

test('whoever names the runtime has a ready program uploaded, with all that lies beside it', async (context) => {
  const source = folder(context, { ...GO_FILES, bootstrap: 'ready' }, { go: `PACKAGE=main; ${GO}` });
  chmodSync(join(source, 'bootstrap'), 0o755);
  const { content, told } = await contentIn(source, { runtime: 'provided.al2023', handler: 'any' });
  assert.equal(packed(content)['bootstrap'], 'ready');
  assert.equal(packed(content)['notes.txt'], readFileSync(join(source, 'notes.txt'), 'utf8'));
  assert.deepEqual(told, []);
  const built = await contentIn(source);
  assert.match(packed(built.content)['bootstrap'] ?? '', /^linux/);
});
