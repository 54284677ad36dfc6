import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './checker.ts';
import type { Fact } from './journal.ts';

const sent: readonly Fact[] = [
  { kind: 'send-began', number: 1 },
  { kind: 'send-acknowledged', number: 1 },
];
const killed: Fact = { kind: 'killed' };
const deleted: readonly Fact[] = [
  { kind: 'delete-began', number: 1 },
  { kind: 'delete-acknowledged', number: 1 },
];

function received(receive: number, more: { number?: number; intact?: boolean } = {}): readonly Fact[] {
  return [
    { kind: 'receive-began', receive },
    { kind: 'received', receive, number: 1, intact: true, ...more },
  ];
}

test('a platform that keeps its word is not accused', () => {
  assert.deepEqual(violations([...sent, killed, ...received(1), ...deleted]), []);
  assert.deepEqual(violations([...sent, ...received(1), ...deleted, killed]), []);
});

test('a send that was never acknowledged may be there or not', () => {
  const began = sent.slice(0, 1);
  assert.deepEqual(violations([...began, killed]), []);
  assert.deepEqual(violations([...began, killed, ...received(1)]), []);
});

test('a delete that was never acknowledged may have happened or not', () => {
  const began = deleted.slice(0, 1);
  assert.deepEqual(violations([...sent, ...received(1), ...began, killed]), []);
  assert.deepEqual(violations([...sent, ...received(1), ...began, killed, ...received(2)]), []);
});

test('an acknowledged message that the last drain does not find is lost, also if it was seen before', () => {
  assert.match(violations([...sent, killed]).join(), /acknowledged and is lost/);
  assert.match(violations([...sent, ...received(1), killed]).join(), /acknowledged and is lost/);
});

test('a deleted message that is received later came back', () => {
  assert.match(violations([...sent, ...received(1), ...deleted, killed, ...received(2)]).join(), /came back/);
});

test('a message that one receive brings twice is doubled, and so is a dead letter that is also where it came from', () => {
  const [began, brought] = received(1);
  assert.ok(began && brought);
  assert.match(violations([...sent, killed, began, brought, brought]).join(), /came twice in one receive/);
  const elsewhere = received(2);
  assert.match(violations([...sent, killed, ...received(1), ...deleted, ...elsewhere]).join(), /came back/);
});

test('a receive that began before the delete was acknowledged accuses nobody', () => {
  const [began, brought] = received(2);
  assert.ok(began && brought);
  assert.deepEqual(violations([...sent, ...received(1), began, ...deleted, brought, killed]), []);
});

test('a message that comes before an earlier one of its group, which nobody deletes, is passed over', () => {
  const inOrder: Fact[] = [1, 2].map((number) => ({ kind: 'in-order', number, group: 1, place: number - 1 }));
  const both: Fact[] = [1, 2].map((number) => ({ kind: 'send-began', number }));
  const second = received(1, { number: 2 });
  assert.match(violations([...inOrder, ...both, ...second]).join(), /came before place 0/);
  const began: Fact = { kind: 'delete-began', number: 1 };
  assert.deepEqual(
    violations([...inOrder, ...both, ...received(1), began, ...received(2, { number: 2 })]),
    [],
  );
  const [, ...alone] = received(1, { number: 2 });
  assert.deepEqual(violations([...inOrder, ...both, ...received(1), ...alone]), []);
});

test('a message that nobody sent, a changed message and a wrong count are found', () => {
  assert.match(violations([killed, ...received(1, { number: 2 })]).join(), /never sent/);
  assert.match(violations([...sent, killed, ...received(1, { intact: false })]).join(), /was changed/);
  const drained: Fact = { kind: 'drained', left: { jobs: 1, dead: 0 } };
  assert.deepEqual(violations([killed, drained]), ['jobs was drained and says that it holds 1']);
});
