import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreThread } from './store-thread.ts';

/** What the failing thread of these tests is asked. */
export type FailingQuestions = {
  readonly echo: { readonly ask: string; readonly answer: string };
  readonly refuse: { readonly ask: undefined; readonly answer: void };
  readonly throw: { readonly ask: undefined; readonly answer: void };
  readonly leave: { readonly ask: undefined; readonly answer: void };
};

function failing() {
  const fatal = Promise.withResolvers<string>();
  const told: string[] = [];
  const onFatal = (what: string): void => {
    told.push(what);
    fatal.resolve(what);
  };
  const options = { module: './fixtures/failing-thread', workerData: undefined, onFatal };
  return { thread: new StoreThread<FailingQuestions>(options), fatal: fatal.promise, told };
}

test('questions are answered, and those asked before the end too', async () => {
  const { thread, told } = failing();
  const answers = Promise.all([thread.ask('echo', 'one'), thread.ask('echo', 'two')]);
  await thread[Symbol.asyncDispose]();
  assert.deepEqual(await answers, ['one', 'two']);
  await assert.rejects(thread.ask('echo', 'late'), { name: 'StoreFailedError' });
  assert.deepEqual(told, []);
});

for (const [kind, said] of [
  ['refuse', /^described: the disk is broken$/],
  ['throw', /thrown outside/],
  ['leave', /thread ended \(0\)/],
] as const) {
  test(`a thread that fails (${kind}) is told once, and what waited and comes later is rejected`, async () => {
    const { thread, fatal, told } = failing();
    const asked = thread.ask(kind, undefined).catch((error: Error) => error.name);
    assert.match(await fatal, said);
    await asked;
    await assert.rejects(thread.ask('echo', 'late'), { name: 'StoreFailedError' });
    await thread[Symbol.asyncDispose]();
    assert.equal(told.length, 1);
  });
}
