import assert from 'node:assert/strict';
import { reportOf, trySeed } from './campaign.ts';

/** Plays the seeds from 1 to `last`, in every game or in the one of this name; throws the report of the first that breaks a promise. */
export async function everySeedHolds(last: number, game?: string): Promise<void> {
  for (let seed = 1; seed <= last; seed += 1) {
    const verdicts = await trySeed(seed, game);
    assert.ok(verdicts.length > 0, `no game is called ${game}`);
    for (const verdict of verdicts)
      assert.deepEqual(verdict.violations, [], (await reportOf(verdict)).join('\n'));
  }
}
