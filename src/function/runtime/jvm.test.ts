import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { failed, ok } from '../../base/result.ts';
import type { FunctionSettings } from '../function.ts';
import type { BroughtParts } from './brought-parts.ts';
import type { Jvm } from './installed-jvms.ts';
import { javaClient } from './java-client.ts';
import { jvmRuntimes } from './jvm.ts';
import type { Launch, NotLaunchable } from './runtime.ts';

const SETTINGS: FunctionSettings = {
  ...{ runtime: 'java17', handler: 'example.Orders', role: '', description: '', timeoutMs: 3000 },
  ...{ memorySizeMb: 512, ephemeralStorageMb: 512, variables: {}, logFormat: 'Text', tags: {} },
  architecture: 'x86_64',
};

function jvm(home: string, major = 17): Jvm {
  return { home, major, version: `${major}.0.1`, build: `${major}.0.1+1` };
}

function folder(context: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'jvm-'));
  context.after(() => rmSync(root, { recursive: true }));
  return root;
}

const brought: Pick<BroughtParts, 'find' | 'ensure'> = {
  find: async () => '/cache/client',
  ensure: async () => ok('/cache/client'),
};

async function launch(
  root: string,
  installed: readonly Jvm[],
  parts = brought,
): Promise<Launch | NotLaunchable> {
  const [, , java17] = jvmRuntimes({ brought: parts, installed: () => installed });
  return (await java17?.launch(SETTINGS, root)) ?? assert.fail('java17 is missing');
}

test('without any Java, a sentence names the package that brings one; once installed, it is used', async (context) => {
  const root = folder(context);
  let installed: readonly Jvm[] = [];
  const [java8] = jvmRuntimes({ brought, installed: () => installed });
  const settings = { ...SETTINGS, runtime: 'java8.al2' };
  const without = await java8?.launch(settings, root);
  assert.ok(without !== undefined && 'kind' in without);
  assert.equal(without.errorType, 'Runtime.NotInstalled');
  assert.match(without.reason, /apt install default-jre-headless/);
  assert.equal((await java8?.probe())?.available, false);
  installed = [jvm('/usr/lib/jvm/a')];
  assert.ok(!('kind' in ((await java8?.launch(settings, root)) ?? without)));
});

test('which Java runs a runtime is told, and whether it is the one that is asked for', async () => {
  const installed = [jvm('/usr/lib/jvm/a', 17), jvm('/usr/lib/jvm/b', 25)];
  const probes = jvmRuntimes({ brought, installed: () => installed }).map(async (runtime) => {
    const { version, isExact } = await runtime.probe();
    return `${runtime.ids[0]} ${version} ${isExact}`;
  });
  assert.deepEqual(await Promise.all(probes), [
    'java8.al2 17.0.1 false',
    'java11 17.0.1 false',
    'java17 17.0.1 true',
    'java21 25.0.1 false',
    'java25 25.0.1 true',
    'java8.al2023 17.0.1 false',
    'java11.al2023 17.0.1 false',
    'java17.al2023 17.0.1 true',
  ]);
});

test('a client that cannot be fetched is the reason of the function, until it can', async (context) => {
  const reason = 'java: fetching it: Maven is needed';
  const ensure = async () => failed({ kind: 'part-missing' as const, reason });
  const refused = await launch(folder(context), [jvm('/usr/lib/jvm/a')], { ...brought, ensure });
  assert.ok('kind' in refused && refused.reason === reason);
});

test('a Java outside of /usr is shown to the sandbox where it is; the client always', async (context) => {
  const root = folder(context);
  const sources = async (home: string): Promise<readonly string[]> => {
    const launched = await launch(root, [jvm(home)]);
    assert.ok('mounts' in launched);
    assert.equal(launched.command[0], `${home}/bin/java`);
    return launched.mounts.map(({ source, target }) => `${source} ${target}`);
  };
  const client = '/cache/client /var/runtime/lib';
  assert.deepEqual(await sources('/usr/lib/jvm/a'), [client]);
  assert.deepEqual(await sources('/opt/java'), [client, '/opt/java /opt/java']);
});

test('jars are on the class path when there is nothing but jars, for then nothing hides from them', async (context) => {
  const root = folder(context);
  mkdirSync(join(root, 'lib'));
  for (const name of ['b.jar', 'a.jar', 'notes.txt']) writeFileSync(join(root, 'lib', name), '');
  const own = async (): Promise<string> => {
    const launched = await launch(root, [jvm('/usr/lib/jvm/a')]);
    assert.ok('command' in launched);
    const path = launched.command[launched.command.indexOf('-cp') + 1] ?? '';
    return path
      .split(':')
      .filter((word) => !word.startsWith('/var/runtime/'))
      .join(':');
  };
  assert.equal(await own(), '/var/task/lib/a.jar:/var/task/lib/b.jar:/opt/java/lib/*');
  writeFileSync(join(root, 'Orders.class'), '');
  assert.equal(await own(), '');
});

test('what Maven is needed for is said when it is not there; other jars than the known ones are refused', async (context) => {
  const root = folder(context);
  const none = join(root, 'no-maven');
  await assert.rejects(javaClient(none).make(root), /Maven is needed .*: apt install maven\./);
  const script = (text: string): string => {
    const path = join(root, 'maven');
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const offline = script('echo "[ERROR] Could not transfer artifact: no route to host -> [Help 1]"; exit 1');
  await assert.rejects(
    javaClient(offline).make(root),
    /mvn failed: Could not transfer artifact: no route to host$/,
  );
  const homeless = script(
    'case "$*" in *repo.local*) exit 0;; esac; echo "[ERROR] Could not create local repository"; exit 1',
  );
  await assert.rejects(javaClient(homeless).make(root), /is not the one that is known/);
  const other = javaClient(script('exit 0'));
  await assert.rejects(
    other.make(root),
    /aws-lambda-java-runtime-interface-client-.*\.jar is not the one that is known/,
  );
});
