import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { missingToolchain, Project } from '../../test/languages/projects.ts';
import { goContent } from './go.ts';

const skip = missingToolchain('go', 'version', 'https://go.dev/dl');

/** From now on Go also writes down what it runs: answers how many packages it has compiled since it was asked last. */
function compilations(context: TestContext, folder: string): () => number {
  const go = execFileSync('sh', ['-c', 'command -v go'], { encoding: 'utf8' }).trim();
  const [bin, log] = [join(folder, 'bin'), join(folder, 'log')];
  mkdirSync(bin);
  const listening = `case "$1 $2" in "build -n"|list*) exec ${go} "$@";; esac\nGOFLAGS="$GOFLAGS -x" exec ${go} "$@" 2>>${log}`;
  writeFileSync(join(bin, 'go'), `#!/bin/sh\n${listening}\n`);
  chmodSync(join(bin, 'go'), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${bin}:${before}`;
  context.after(() => (process.env['PATH'] = before));
  return () => {
    assert.ok(existsSync(log), 'go was not asked to build');
    const ran = readFileSync(log, 'utf8');
    writeFileSync(log, '');
    return ran.match(/\/compile -o /g)?.length ?? 0;
  };
}

test(
  'what was built once is not compiled again, also for another function with the same dependencies',
  { skip },
  async (context) => {
    using one = new Project('examples/go');
    using other = new Project('examples/go');
    const compiled = compilations(context, one.folder);
    const told: string[] = [];
    const build = async (folder: string): Promise<number> => {
      const content = await goContent(folder, (line) => told.push(line));
      assert.ok(content.ok, JSON.stringify(content));
      return compiled();
    };
    await build(one.folder);
    told.length = 0;
    assert.equal(await build(one.folder), 0);
    appendFileSync(
      join(other.folder, 'main.go'),
      `\nconst madeAt = "${context.fullName} ${process.hrtime.bigint()}"\n`,
    );
    assert.equal(await build(other.folder), 1);
    assert.deepEqual(told, ['Building with Go …', 'Building with Go …']);
  },
);
