import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pause } from '../../src/sandbox/contract.ts';
import { whyNoWalls } from '../../src/sandbox/bubblewrap/fixture/open-walls.ts';
import type { Attack } from './attack.ts';
import { DOOR_ATTACKS } from './attacks-on-door.ts';
import { MACHINE_ATTACKS } from './attacks-on-machine.ts';
import { NEIGHBOUR_ATTACKS } from './attacks-on-neighbours.ts';
import { PLATFORM_ATTACKS } from './attacks-on-platform.ts';
import { openGround, type Ground, type Who } from './ground.ts';
import { leftovers, settled, type Leftovers } from './leftovers.ts';
import type { Outcome } from './victims.ts';

const MARK = 'the-secret-of-the-victim';
/** Bounds of a function's log on disk: four files of 8 MB. */
const LOG_BYTES = 40_000_000;

/** Beats every 5 ms from a process of its own. */
const BOMB = `
import os, time
kept['id'] = request_id
if os.fork() == 0:
    os.setsid()
    with open('/tmp/beats', 'a', buffering=1) as file:
        while True:
            file.write('x')
            file.flush()
            time.sleep(0.005)
result = 'armed'`;

/** Every attack on a platform of that user; after each nothing is left, and everybody else is served. */
export function hostileSuite(who: Who): void {
  describe(`hostile programs, platform of ${who}`, { skip: whyNoWalls ?? false, timeout: 110_000 }, () => {
    attacksBy(who);
  });
}

function attacksBy(who: Who): void {
  let ground: Ground;
  let facts: object;
  let quiet: Leftovers;
  let victimCount = 0;

  before(async () => {
    ground = await openGround(who);
    const { victims } = ground;
    await victims.python('victim', { Environment: { Variables: { SECRET: MARK } }, Timeout: 120 });
    facts = { ...(await victimFacts(ground)), ...hostFacts(ground) };
    victimCount = 1;
    quiet = await leftovers(ground);
  });
  after(() => ground[Symbol.asyncDispose]());

  const attacks = Object.entries({
    ...NEIGHBOUR_ATTACKS,
    ...PLATFORM_ATTACKS,
    ...MACHINE_ATTACKS,
    ...DOOR_ATTACKS,
  });
  for (const [index, [what, attack]] of attacks.entries()) {
    test(what, async () => {
      const name = `attacker-${index}`;
      await makeAttacker(ground, name, attack);
      try {
        judge(attack, await ground.victims.invoke(name, { ...attack, ...facts }));
        await stillServes(name, attack);
      } finally {
        await ground.victims.remove(name);
      }
      assert.deepEqual(await settled(ground, quiet), quiet, 'nothing is left');
      assert.ok(folderBytes(ground.dataDirectory) < LOG_BYTES + 10_000_000, 'the disk is not filled');
    });
  }

  test('what was set to go off after the answer does not run until the next invocation, and cannot answer for the last', async () => {
    const { victims } = ground;
    await victims.python('bomber');
    const armed = await victims.invoke('bomber', { python: BOMB });
    assert.equal(armed.payload, 'armed');
    await pause(1000);
    const python =
      "result = dict(beats=len(open('/tmp/beats').read()), late=call('POST', base + kept['id'] + '/response', '1')[0])";
    const { payload } = await victims.invoke('bomber', { python });
    const { beats, late } = payload as { readonly beats: number; readonly late: number };
    // Unfrozen it would have beaten two hundred times.
    assert.ok(beats < 100, String(beats));
    assert.equal(late, 400);
    await victims.remove('bomber');
    assert.deepEqual(await settled(ground, quiet), quiet, 'nothing is left');
  });

  /** The attacker's function takes its next invocation, and the victim has noticed nothing. */
  async function stillServes(name: string, attack: Attack): Promise<void> {
    const next = 'node' in attack ? { node: 'return 1;' } : { python: 'result = 1' };
    assert.deepEqual(await ground.victims.invoke(name, next), { functionError: undefined, payload: 1 });
    const python = "result = [kept['count'], open('/tmp/secret').read()]";
    const { payload } = await ground.victims.invoke('victim', { python });
    victimCount += 1;
    assert.deepEqual(payload, [victimCount, MARK]);
  }
}

async function makeAttacker({ victims }: Ground, name: string, attack: Attack): Promise<void> {
  const Timeout = attack.timeoutS ?? 20;
  if (!('node' in attack)) return victims.python(name, { Timeout });
  // With such a variable nothing is started ahead for it: what is left would be hard to tell from what is ready for the next.
  const Environment = { Variables: { NODE_OPTIONS: '--no-warnings' } };
  return victims.node(name, { Timeout, Environment });
}

async function victimFacts({ victims }: Ground): Promise<object> {
  const python = `open('/tmp/secret', 'w').write('${MARK}'); result = dict(api=api, busy=request_id)`;
  return { mark: MARK, ...((await victims.invoke('victim', { python })).payload as object) };
}

function hostFacts({ platform, dataDirectory }: Ground): object {
  const run = readFileSync(join(dataDirectory, 'run-folder'), 'utf8');
  return { data: dataDirectory, run, platform: platform.processId, port: platform.port };
}

function judge(attack: Attack, { functionError, payload }: Outcome): void {
  if ('comesTo' in attack) {
    assert.deepEqual({ functionError, payload }, { functionError: undefined, payload: attack.comesTo });
  } else {
    assert.match(`${functionError ?? ''}${JSON.stringify(payload)}`, attack.matches);
  }
}

function folderBytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + sizeOf(join(parentPath, name)), 0);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
