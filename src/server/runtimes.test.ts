import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../base/manual-clock.ts';
import { systemRandom } from '../base/random.ts';
import { BroughtParts } from '../function/runtime/brought-parts.ts';
import { installedRuntimes } from './runtimes.ts';

/** As AWS spells them. */
const IDS = [
  ...['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'],
  ...['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3.15'],
  ...['provided.al2023', 'provided.al2'],
  ...['java8.al2', 'java11', 'java17', 'java21', 'java25'],
  ...['java8.al2023', 'java11.al2023', 'java17.al2023'],
  ...['dotnet6', 'dotnet8', 'dotnet10'],
  ...['ruby3.2', 'ruby3.3', 'ruby3.4', 'ruby4.0'],
];

test('every runtime that AWS has a name for is known by that name, and says what runs it here or what brings it', async () => {
  const clock = new ManualClock(0);
  const tell = (): void => undefined;
  const brought = new BroughtParts({ directory: '/nowhere', random: systemRandom, clock, tell });
  const runtimes = installedRuntimes({ brought, clock, tell });
  const check = async (id: string): Promise<void> => {
    const found = runtimes.find(id);
    assert.ok(found.ok && found.value.ids.includes(id), id);
    const { sentence } = await found.value.probe();
    assert.match(sentence, /\S+ \S+/, id);
  };
  await Promise.all(IDS.map(check));
  assert.equal(runtimes.find('nodejs26').ok, false);
});
