import assert from 'node:assert/strict';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { strToU8, type Zippable } from 'fflate';
import { pause } from '../../src/sandbox/contract.ts';
import { whyNoWalls } from '../../src/sandbox/bubblewrap/fixture/open-walls.ts';
import type { Attack } from './attack.ts';
import { VOLUME_ATTACKS } from './attacks-by-volume.ts';
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

/** Every attack on a platform of that user but the longest; after each nothing is left, and everybody else is served. */
export function hostileSuite(who: Who): void {
  const all = {
    ...NEIGHBOUR_ATTACKS,
    ...PLATFORM_ATTACKS,
    ...MACHINE_ATTACKS,
    ...DOOR_ATTACKS,
  };
  describe(`hostile programs, platform of ${who}`, { skip: whyNoWalls ?? false, timeout: 300_000 }, () => {
    attacksBy(who, all);
    moreBy(who);
  });
}

/** The longest ones. */
export function volumeSuite(who: Who): void {
  const name = `hostile programs by volume, platform of ${who}`;
  describe(name, { skip: whyNoWalls ?? false, timeout: 300_000 }, () => attacksBy(who, VOLUME_ATTACKS));
}

function attacksBy(who: Who, all: Readonly<Record<string, Attack>>): void {
  let ground: Ground;
  let facts: object;
  let quiet: Leftovers;
  let victimCount = 0;

  before(async () => {
    ground = await openGround(who);
    const { victims } = ground;
    await victims.python('victim', { Environment: { Variables: { SECRET: MARK } }, Timeout: 120 });
    facts = { ...(await victimFacts(ground)), ...hostFacts(ground), queue: await victimQueue(ground) };
    victimCount = 1;
    quiet = await leftovers(ground);
  });
  after(() => ground[Symbol.asyncDispose]());

  for (const [index, [what, attack]] of Object.entries(all).entries()) {
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
      assert.ok(bytesBelow(ground.dataDirectory) < LOG_BYTES + 10_000_000, 'the disk is not filled');
    });
  }

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

/** Attacks that need more than one program, or none. */
function moreBy(who: Who): void {
  let ground: Ground;
  let quiet: Leftovers;
  before(async () => {
    ground = await openGround(who);
    quiet = await leftovers(ground);
  });
  after(() => ground[Symbol.asyncDispose]());

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

  test('an abstract socket of the host cannot be reached, where the walls say so', async (context) => {
    const status = await (await fetch(`${ground.endpoint}/_millrace/status`)).text();
    if (status.includes('abstract Unix sockets of the host can be reached')) {
      return context.skip('Linux before 6.12 cannot wall them off, and the status says so');
    }
    const name = `millrace-host-${process.pid}`;
    const host = createServer().listen(`\0${name}`);
    await once(host, 'listening');
    context.after(() => host.close());
    const { victims } = ground;
    await victims.python('reaching');
    const python = `
import socket
s = socket.socket(socket.AF_UNIX)
try: s.connect(chr(0) + '${name}'); result = 'reached'
except PermissionError: result = 'refused'`;
    assert.equal((await victims.invoke('reaching', { python })).payload, 'refused');
    await victims.remove('reaching');
    assert.deepEqual(await settled(ground, quiet), quiet, 'nothing is left');
  });

  test('a package whose links lead out of it is refused before anything of it is there', async () => {
    const linkTo = (target: string): Zippable[string] => [
      strToU8(target),
      { os: 3, attrs: 0o120777 * 65_536 },
    ];
    const tricks: readonly Zippable[] = [
      { secret: linkTo('/etc/shadow') },
      { up: linkTo('../../../../etc/shadow') },
      { a: linkTo('.'), 'a/b': strToU8('under a link') },
      { inner: linkTo('folder'), folder: linkTo('/etc'), 'inner/passwd': strToU8('x') },
      { '../outside': strToU8('x') },
    ];
    for (const files of tricks) {
      const more = { Runtime: 'provided.al2023' as const, Handler: 'any' };
      const names = Object.keys(files).join();
      await assert.rejects(
        ground.victims.create('tricky', files, more),
        { name: 'InvalidParameterValueException' },
        names,
      );
    }
    assert.deepEqual(await settled(ground, quiet), quiet, 'nothing is left');
  });
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

/** The URL of a queue that is there for a client of the host. */
async function victimQueue({ endpoint }: Ground): Promise<string> {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'AmazonSQS.CreateQueue',
    authorization:
      'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
  };
  const answer = await fetch(endpoint, { method: 'POST', headers, body: '{"QueueName":"victim"}' });
  const { QueueUrl } = (await answer.json()) as { readonly QueueUrl?: string };
  assert.ok(QueueUrl !== undefined, `${answer.status}`);
  return QueueUrl;
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

/** Bytes of all files below `path`; what the platform removes meanwhile counts as nothing. */
function bytesBelow(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    return found?.size ?? 0;
  }
  return namesIn(path).reduce((sum, name) => sum + bytesBelow(join(path, name)), 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
