import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import type { Delivery } from '../message/message.ts';
import type { MemoryDisk } from '../store/memory/memory-store.ts';
import { bodies, create, named, passed, receive, Stage, turns, TINY } from './fixture/stage.ts';

/** Room for two short messages: nearly everything goes through the store. */

/** What clients were told at the moment of a crash, and the disk that the crash left. */
interface Crash {
  readonly disk: MemoryDisk;
  readonly nowMs: number;
  readonly sent: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
  readonly settled: ReadonlySet<string>;
}

/** Sends, receives and settles at random on a disk of random speed; crashes are taken in the midst of it. */
async function worked(seed: number, fullShare = 0): Promise<readonly Crash[]> {
  const random = new SeededRandom(seed);
  const { broker, store, disk, clock } = await Stage.open(undefined, undefined, TINY);
  const queue = await create(broker, 'q', { visibilityMs: 20 });
  store.faults.slow = async () => {
    await turns(Math.floor(random.fraction() * 4));
    store.faults.full = random.fraction() < fullShare;
  };
  const [sent, begun, settled] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const crashes: Crash[] = [];
  const pending: Promise<unknown>[] = [];
  const sendOne = async (body: string): Promise<void> => {
    const answer = await broker.send(queue, [{ body, attributes: {}, senderId: 'sender' }]);
    if (answer.ok) sent.add(body);
    else assert.equal(answer.failure.kind, 'disk-full');
  };
  const take = async (): Promise<readonly Delivery[]> => {
    const before = new Set(settled);
    const answer = await broker.receive(queue, { maximum: 3, waitMs: 0, holder: 'client' });
    if (!answer.ok) assert.equal(answer.failure.kind, 'disk-full');
    const taken = answer.ok ? answer.value : [];
    const isBack = taken.some(({ message }) => before.has(message.body));
    assert.ok(!isBack, 'a message came back that was settled before the receive began');
    return taken;
  };
  for (let step = 0; step < 60; step += 1) {
    const dice = random.fraction();
    if (dice < 0.5) pending.push(sendOne(`${step}`));
    else
      pending.push(
        take().then(async (taken) => {
          if (random.fraction() < 0.4) return;
          if (random.fraction() < 0.3) await turns(6);
          for (const { message } of taken) begun.add(message.body);
          const answer = await broker.settle(
            queue,
            taken.map(({ receipt }) => receipt),
          );
          if (!answer.ok) return;
          for (const { message } of taken) settled.add(message.body);
        }),
      );
    if (random.fraction() < 0.5) await turns(1);
    if (random.fraction() < 0.5) clock.advance(Math.floor(random.fraction() * 15));
    if (random.fraction() < 0.1) {
      const told = { sent: new Set(sent), begun: new Set(begun), settled: new Set(settled) };
      crashes.push({ disk: disk.snapshot(), nowMs: clock.nowMs(), ...told });
    }
  }
  await Promise.all(pending);
  await turns(20);
  return [...crashes, { disk: disk.snapshot(), nowMs: clock.nowMs(), sent, begun, settled }];
}

/** All that a broker offers that is opened on what a crash left. */
async function offered({ disk, nowMs }: Crash): Promise<string[]> {
  const { broker, clock } = await Stage.open(disk, new ManualClock(nowMs), TINY);
  const all: string[] = [];
  await passed(clock, 10_000);
  for (let empty = 0; empty < 3;) {
    await passed(clock, 1);
    const taken = bodies(await receive(broker, named('q'), { visibilityMs: 1_000_000 }));
    all.push(...taken);
    empty = taken.length === 0 ? empty + 1 : 0;
  }
  const described = broker.describe(named('q'));
  assert.equal(described.ok && described.value.inFlightCount, all.length, 'counters equal the truth');
  assert.equal(described.ok && described.value.visibleCount, 0);
  return all;
}

async function holds(fullShare: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      for (const crash of await worked(seed, fullShare)) {
        const all = await offered(crash);
        assert.equal(new Set(all).size, all.length, 'nothing is held twice');
        for (const body of crash.settled) assert.ok(!all.includes(body), `${body} came back`);
        for (const body of crash.sent)
          assert.ok(all.includes(body) || crash.begun.has(body), `${body} is lost`);
      }
    }),
    { numRuns: 40 },
  );
}

test('whenever it crashes: what was acknowledged is there, once, and what was settled does not come back', async () => {
  await holds(0);
});

test('the same holds while the disk is full again and again', async () => {
  await holds(0.3);
});
