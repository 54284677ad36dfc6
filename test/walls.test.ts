import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { PROGRAM } from './crash/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-walls-test-'));
after(() => rmSync(folder, { recursive: true }));

/** Where bubblewrap is here; undefined where it is not. */
const bubblewrap = /\/\S+/.exec(
  spawnSync('sh', ['-c', 'command -v bwrap'], { encoding: 'utf8' }).stdout,
)?.[0];

/** Runs what follows in a namespace in which bubblewrap cannot be started: the program in its place is none. */
const WITHOUT = [
  ...['unshare', '--map-root-user', '--user', '--mount', 'sh', '-c'],
  ...[`mount --bind /dev/null ${bubblewrap ?? '/nowhere'} && exec "$@"`, 'sh'],
];

const mayHide = spawnSync(WITHOUT[0] ?? '', [...WITHOUT.slice(1), 'true']).status === 0;
const skip = bubblewrap === undefined || mayHide ? false : 'this user may make no namespaces';
const options = { skip, timeout: 60_000 };

const REFUSAL =
  /^millrace: Functions cannot be isolated on this machine: bubblewrap .*\. Install bubblewrap \(apt-get install bubblewrap\), or .* --isolation bare\.\n$/;

function start(flags: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const under = bubblewrap === undefined ? [] : WITHOUT;
  const words = [...under, PROGRAM, 'up', '--port', '0', '--data', folder, ...flags];
  return spawn(words[0] ?? PROGRAM, words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
}

test(
  'without walls nothing starts: a sentence names what is missing, what brings it, and the word that does without',
  options,
  async () => {
    for (const flags of [[], ['--isolation', 'bubblewrap']]) {
      const child = start(flags);
      const [said, complaint] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      assert.equal(child.exitCode, 1, said);
      assert.match(complaint, REFUSAL);
    }
  },
);

test('a platform without walls says so at every start, and in its status', options, async () => {
  for (let round = 0; round < 2; round += 1) {
    const child = start(['--isolation', 'bare']);
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (line.startsWith('Ctrl-C')) break;
    }
    const told = said.join('\n');
    assert.match(told, /^ +isolation +bare: NO ISOLATION/m);
    const endpoint = /http:\S+/.exec(told)?.[0] ?? '';
    const status = execFileSync(PROGRAM, ['status', '--endpoint', endpoint], { encoding: 'utf8' });
    assert.match(status, /^isolation +bare: NO ISOLATION/m);
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
