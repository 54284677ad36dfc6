import { SystemClock } from '../../base/clock.ts';
import { sandboxContract } from '../contract.ts';
import { openWalls, whyNoWalls } from './fixture/open-walls.ts';
import { peerContract } from './fixture/peer-contract.ts';
import { shareContract } from './fixture/share-contract.ts';
import { wallContract } from './fixture/wall-contract.ts';

if (whyNoWalls === undefined) {
  const clock = new SystemClock(0, true);
  sandboxContract('bubblewrap', () => openWalls(clock));
  peerContract('bubblewrap', () => openWalls(clock));
  shareContract('bubblewrap', () => openWalls(clock));
  wallContract('bubblewrap', () => openWalls(clock));
} else {
  const { test } = await import('node:test');
  test('bubblewrap', { skip: whyNoWalls }, () => undefined);
}
