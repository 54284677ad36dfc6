import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fittingJvm, installedJvms, type Jvm } from './installed-jvms.ts';

function machine(context: TestContext, versions: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'jvms-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const [name, version] of Object.entries(versions)) {
    mkdirSync(join(folder, name, 'bin'), { recursive: true });
    writeFileSync(join(folder, name, 'bin/java'), '');
    const release = `IMPLEMENTOR="Any"\nJAVA_RUNTIME_VERSION="${version}+6 LTS"\nJAVA_VERSION="${version}"\n`;
    writeFileSync(join(folder, name, 'release'), release);
  }
  return folder;
}

test('every Java of the machine is found once, by its own description, links followed', (context) => {
  const folder = machine(context, { a: '17.0.15', b: '1.8.0_452', c: '25.0.3' });
  symlinkSync('a', join(folder, 'default'));
  mkdirSync(join(folder, 'no-java'));
  const programs = [join(folder, 'c/bin/java'), join(folder, 'absent')];
  const found = installedJvms([folder, join(folder, 'absent')], programs);
  assert.deepEqual(
    found.map(({ major, version, build }) => [major, version, build]),
    [
      [8, '1.8.0_452', '1.8.0_452+6_LTS'],
      [17, '17.0.15', '17.0.15+6_LTS'],
      [25, '25.0.3', '25.0.3+6_LTS'],
    ],
  );
  assert.equal(found[1]?.home, join(folder, 'a'));
});

test('code runs on its own Java, else on the next newer one, else on the newest there is', () => {
  const jvm = (major: number, minor: number): Jvm => {
    const version = `${major}.${minor}`;
    return { home: `/${version}`, major, version, build: version };
  };
  const jvms = [jvm(11, 1), jvm(17, 0), jvm(17, 2), jvm(21, 0)];
  assert.equal(fittingJvm(jvms, 17)?.version, '17.2');
  assert.equal(fittingJvm(jvms, 8)?.version, '11.1');
  assert.equal(fittingJvm(jvms, 25)?.version, '21.0');
  assert.equal(fittingJvm([], 17), undefined);
});
