import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNoWalls } from './fixture/open-walls.ts';

/** Becomes an ordinary user in a namespace where a part of /proc is covered, as containers do: no other can be mounted then. */
const COVERED = `mount -t tmpfs none /proc/irq && exec unshare --user --map-user=1000 --map-group=1000 "$@"`;
const NAMESPACE = ['--user', '--map-root-user', '--mount', 'sh', '-c', COVERED, 'sh'];

const skip = whyNoWalls ?? (canCover() ? false : 'this user may make no namespaces');

test(
  'where no /proc can be mounted the walls stand without it, say so, and hold',
  { skip, timeout: 60_000 },
  () => {
    const program = join(import.meta.dirname, 'fixture', 'covered-proc.ts');
    const output = execFileSync('unshare', [...NAMESPACE, process.execPath, program], { encoding: 'utf8' });
    const told = JSON.parse(output) as {
      readonly description: string;
      readonly node: string;
      readonly calls: Readonly<Record<string, string>>;
      readonly files: string;
    };
    assert.match(told.description, /no \/proc inside, without which Java does not start/);
    assert.equal(told.node, '0 42\n');
    assert.ok(Object.keys(told.calls).length > 30);
    assert.deepEqual(
      Object.entries(told.calls).filter(([, outcome]) => outcome === 'allowed'),
      [],
    );
    assert.equal(told.files, '');
  },
);

function canCover(): boolean {
  return spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;
}
