import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { unzipSync, zipSync } from 'fflate';
import type { ClassFile } from '../function/runtime/class-file.ts';
import { contentOf, type NoContent } from './content.ts';
import type { Content } from './guess.ts';
import { guessJava } from './jar.ts';

const HANDLER = 'com/amazonaws/services/lambda/runtime/RequestHandler';

function classFile(name: string, interfaces: readonly string[], majorVersion = 61): ClassFile {
  return { name, superName: 'java/lang/Object', interfaces, majorVersion, isConcrete: true };
}

function folder(context: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-java-'));
  context.after(() => rmSync(root, { recursive: true }));
  return root;
}

/** A project whose own Maven is this shell script; `$GOAL` is the last word that it is called with. */
function project(context: TestContext, script: string): string {
  const root = folder(context);
  writeFileSync(join(root, 'pom.xml'), '<project/>');
  writeFileSync(join(root, 'mvnw'), `#!/bin/sh\nfor GOAL; do :; done\n${script}\n`);
  chmodSync(join(root, 'mvnw'), 0o755);
  return root;
}

async function contentIn(root: string): Promise<Content | NoContent> {
  const content = await contentOf({ folder: root }, () => undefined);
  return content.ok ? content.value : content.failure;
}

test('the one class that implements a handler is the handler, for the Java that it needs', () => {
  const plain = classFile('example/Order', []);
  const guess = guessJava([plain, classFile('example/Orders', [HANDLER], 65)], undefined);
  assert.deepEqual(guess, { ok: true, value: { runtime: 'java21', handler: 'example.Orders' } });
  const abstract = { ...classFile('example/Base', [HANDLER]), isConcrete: false };
  const old = guessJava([abstract, classFile('example/Old', [HANDLER], 52)], undefined);
  assert.deepEqual(old, { ok: true, value: { runtime: 'java17', handler: 'example.Old' } });
});

test('several handlers, or none, are for the user to name; what is named counts', () => {
  const two = [classFile('a/One', [HANDLER]), classFile('a/Two', [HANDLER], 69), classFile('a/Plain', [])];
  const many = guessJava(two, undefined);
  assert.match(
    many.ok ? '' : many.failure.what,
    /Several classes are handlers \(a\.One, a\.Two\).*--handler/,
  );
  const none = guessJava([], undefined);
  assert.match(none.ok ? '' : none.failure.what, /No class implements RequestHandler/);
  const named = guessJava(two, 'a.Plain::run');
  assert.deepEqual(named, { ok: true, value: { runtime: 'java17', handler: 'a.Plain::run' } });
});

test('a folder with a ready jar is uploaded as that jar', async (context) => {
  const root = folder(context);
  const jar = zipSync({ 'META-INF/MANIFEST.MF': Buffer.from('Manifest-Version: 1.0\n') });
  writeFileSync(join(root, 'app.jar'), jar);
  writeFileSync(join(root, 'notes.txt'), 'not for upload');
  const content = await contentIn(root);
  assert.ok('zip' in content && Buffer.from(content.zip).equals(jar));
  writeFileSync(join(root, 'app.jar'), 'no jar at all');
  const broken = await contentIn(root);
  assert.ok('zip' in broken && !broken.guess.ok);
  assert.match(broken.guess.failure.what, /app\.jar cannot be read as a jar: /);
});

test('a jar that holds everything is uploaded; else the jar and those it needs, in lib', async (context) => {
  const empty = Buffer.from(zipSync({ 'a.txt': Buffer.of(1) })).toString('base64');
  const jar = `mkdir -p target; echo ${empty} | base64 -d >target`;
  const shaded = project(context, `${jar}/app.jar; cp target/app.jar target/original-app.jar`);
  const complete = await contentIn(shaded);
  assert.ok('zip' in complete && complete.what === 'app.jar');
  const plain = project(
    context,
    `case "$GOAL" in package) ${jar}/app.jar; touch target/app-sources.jar;;
     *) mkdir -p target/function-lib; echo needed >target/function-lib/needed.jar;; esac`,
  );
  const collected = await contentIn(plain);
  assert.ok('zip' in collected, JSON.stringify(collected));
  assert.deepEqual(Object.keys(unzipSync(collected.zip)), ['lib/app.jar', 'lib/needed.jar']);
});

test("a build that fails shows the builder's own error; one without a jar says so", async (context) => {
  const advice = [
    '[ERROR] Re-run Maven using the -X switch to enable full debug logging.',
    '[ERROR] For more information about the errors and possible solutions, please read:',
    '[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/',
  ];
  const cause = '[ERROR] Orders.java:[3,5] cannot find symbol';
  const lines = ['[INFO] starts', cause, `${cause} -> [Help 1]`, '[ERROR] ', ...advice];
  const script = `${lines.map((line) => `echo "${line}"`).join('; ')}; exit 1`;
  const failed = await contentIn(project(context, script));
  assert.ok(!('zip' in failed) && failed.kind === 'build-failed');
  assert.match(failed.what, /mvnw failed in .*:\n\[ERROR\] Orders\.java:\[3,5\] cannot find symbol$/);
  const none = await contentIn(project(context, 'exit 0'));
  assert.ok(!('zip' in none) && /left no jar in .*target/.test(none.what));
  const several = await contentIn(project(context, 'mkdir -p target; touch target/a.jar target/b.jar'));
  assert.ok(!('zip' in several) && /several jars \(a\.jar, b\.jar\)/.test(several.what));
});
