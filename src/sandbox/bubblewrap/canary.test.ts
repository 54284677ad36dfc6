import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SystemClock } from '../../base/clock.ts';
import { BareSandbox } from '../bare/bare-sandbox.ts';
import { runCanary } from './canary.ts';
import { openWalls, whyNoWalls } from './fixture/open-walls.ts';

const isRoot = process.getuid?.() === 0;

test('behind the walls a canary finds no hole', { skip: whyNoWalls ?? false }, async () => {
  await using walls = await openWalls(new SystemClock(0, true));
  assert.deepEqual(await runCanary(walls, true), { kind: 'holds' });
});

for (const hasProc of [true, false])
  test(`without walls a canary names what it can do, ${hasProc ? 'by' : 'without'} /proc`, async () => {
    await using none = new BareSandbox({ clock: new SystemClock(0, true) });
    const finding = await runCanary(none, hasProc);
    assert.ok(finding.kind === 'hole', JSON.stringify(finding));
    const found = finding.what.split(': ')[1]?.split(', ') ?? [];
    const expected = [
      ...(existsSync('/etc/shadow') ? ['host-files-seen'] : []),
      ...(isRoot ? ['system-writable', 'is-root'] : []),
      ...(hasProc && !isFiltered(process.pid) ? ['seccomp-missing'] : []),
    ];
    for (const name of expected) assert.ok(found.includes(name), `${name} is not among ${finding.what}`);
    assert.ok(!found.includes('tmp-not-writable'), finding.what);
    assert.equal(found.includes('capabilities-left'), hasProc && hasCapabilities(process.pid));
  });

/** As the kernel says of a process: 2 stands for a filter. A container may have one for all that is in it. */
function isFiltered(pid: number): boolean {
  return /^Seccomp:\s*2$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

function hasCapabilities(pid: number): boolean {
  return /^CapEff:\s*0*[1-9a-f]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
