import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { whyNoWalls } from '../../src/sandbox/bubblewrap/fixture/open-walls.ts';
import { openGround, type Ground, type Who } from './ground.ts';
import { leftovers, settled, type Leftovers } from './leftovers.ts';
import { executable } from './victims.ts';

const noCompiler = spawnSync('gcc', ['--version']).status !== 0 && 'gcc is not installed';

/** The kernel ends the environment, or the one process in it that is to blame: then the program that started it may still answer. */
const OUT_OF_MEMORY = /Unhandled.*Runtime\.OutOfMemory|^\{"code":137,"out":"",/;

/** What each attack of `programs/attack.c` must come to. */
const OUTCOMES: Readonly<Record<string, RegExp>> = {
  threads: /^\{"code":0,"out":"bounded\\n"/,
  tables: /^\{"code":0,"out":"x32 refused\\ni386 refused\\n"/,
  private: OUT_OF_MEMORY,
  shared: OUT_OF_MEMORY,
  bomb: /Unhandled.*(Sandbox\.Timedout|Runtime\.OutOfMemory|Runtime\.ExitError)/,
  hidden: /"out":"(HTTP\/1\.1 40[134]|cut)\\n"/,
  'own-table': /"out":"(HTTP\/1\.1 40[134]|cut)\\n"/,
};

/** Attacks by a compiled program. */
export function nativeSuite(who: Who): void {
  const skip = whyNoWalls ?? noCompiler;
  describe(`hostile programs in C, platform of ${who}`, { skip, timeout: 200_000 }, () => attacks(who));
}

function attacks(who: Who): void {
  let ground: Ground;
  let quiet: Leftovers;
  let program: Buffer;
  before(async () => {
    program = compiled();
    ground = await openGround(who);
    await ground.victims.python('victim');
    await ground.victims.invoke('victim', { python: 'result = 1' });
    quiet = await leftovers(ground);
  });
  after(() => ground[Symbol.asyncDispose]());

  for (const [what, comesTo] of Object.entries(OUTCOMES)) {
    test(`attack ${what}`, async () => {
      const { victims, platform } = ground;
      const name = `native-${what}`;
      await victims.python(name, { Timeout: 6 }, { attack: executable(program) });
      const shell = `/var/task/attack ${what} ${platform.port}`;
      try {
        const { functionError, payload } = await victims.invoke(name, { shell });
        assert.match(`${functionError ?? ''}${JSON.stringify(payload)}`, comesTo);
        const { payload: victim } = await victims.invoke('victim', { python: "result = kept['count'] > 1" });
        assert.equal(victim, true);
      } finally {
        await victims.remove(name);
      }
      assert.deepEqual(await settled(ground, quiet), quiet, 'nothing is left');
    });
  }
}

function compiled(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-native-'));
  try {
    const target = join(folder, 'attack');
    const source = join(import.meta.dirname, 'programs', 'attack.c');
    execFileSync('gcc', ['-O1', '-static', '-pthread', '-o', target, source]);
    return readFileSync(target);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
