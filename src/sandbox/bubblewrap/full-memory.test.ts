import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNoWalls } from './fixture/open-walls.ts';

const skip = whyNoWalls ?? (canMount() ? false : 'this user may make no namespaces');

for (const [what, sizeKib, ...words] of [
  ['has no room from the start', 64],
  ['is filled by somebody while the platform runs', 32_768, 'fill'],
] as const) {
  test(`programs start behind walls when memory for small files ${what}`, { skip, timeout: 60_000 }, () => {
    const program = join(import.meta.dirname, 'fixture', 'full-memory.ts');
    const command = [...namespace(sizeKib), process.execPath, program, ...words];
    const output = execFileSync('unshare', command, { encoding: 'utf8' });
    const { freeBytes, ...told } = JSON.parse(output) as { readonly freeBytes: number };
    assert.deepEqual(told, { printed: '1\n', exit: { kind: 'exited', code: 0 } });
    assert.ok(freeBytes < 131_072, output);
  });
}

/** An ordinary user in a namespace where /dev/shm is a new one of that size. */
function namespace(sizeKib: number): readonly string[] {
  const mounted = `mount -t tmpfs -o size=${sizeKib}k none /dev/shm && exec unshare --user --map-user=1000 --map-group=1000 "$@"`;
  return ['--user', '--map-root-user', '--mount', 'sh', '-c', mounted, 'sh'];
}

function canMount(): boolean {
  return spawnSync('unshare', [...namespace(64), 'true']).status === 0;
}
