import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SystemClock } from '../../base/clock.ts';
import { roomyPlace } from '../../base/memory-folder.ts';
import { run, shell } from '../fixture/run.ts';
import { openWalls, whyNoWalls } from './fixture/open-walls.ts';

test(
  'a start whose files cannot be written is told as not started',
  { skip: whyNoWalls ?? false },
  async () => {
    await using walls = await openWalls(new SystemClock(0, true));
    for (const name of readdirSync(roomyPlace())) {
      if (name.startsWith(`millrace-walls-${process.pid}-`))
        rmSync(join(roomyPlace(), name), { recursive: true });
    }
    const { exit } = await run(walls, shell('echo never'));
    assert.equal(exit.kind, 'not-started');
  },
);
