import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Law, START_MS } from './fixture/law.ts';
import { QUEUE } from './fixture/messages.ts';
import { DEFAULT_SETTINGS, DEFAULT_FIFO } from './settings.ts';
import { QueueState } from './state.ts';

/** A law that was started on what the store holds: a hundred messages that wait. */
function started(isFifo: boolean): Law {
  const settings = { ...DEFAULT_SETTINGS, ...(isFifo && { fifo: DEFAULT_FIFO }) };
  const stored = {
    ...{ queue: QUEUE, definition: '', messages: 100, nextOrder: 101, leases: [], delayed: [] },
    ...{ oldestSentAtMs: START_MS, firstVisibleAtMs: START_MS, hasLanes: isFifo },
  };
  const law = new Law();
  Object.assign(law, {
    state: QueueState.restored(stored, { settings, idSeed: 'seed' }),
    nowMs: START_MS + 1,
  });
  return law;
}

for (const isFifo of [false, true]) {
  const kind = isFifo ? 'FIFO' : 'standard';
  test(`after the start nothing of a ${kind} queue is read before somebody wants a message of it`, () => {
    const law = started(isFifo);
    law.tick();
    assert.deepEqual([law.wants.page, law.wants.lanePage], [undefined, undefined]);
    law.apply<'wake'>({ kind: 'wake' });
    assert.ok(law.wants.page !== undefined || law.wants.lanePage !== undefined);
  });

  test(`a receive from a ${kind} queue that sleeps wakes it`, () => {
    const law = started(isFifo);
    assert.deepEqual(law.taken(), []);
    assert.ok(law.wants.page !== undefined || law.wants.lanePage !== undefined);
  });
}
