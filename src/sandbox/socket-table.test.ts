import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SocketTable } from './socket-table.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const REST = '00000000:00000000 00:00000000 00000000';
const IPV4 = `${HEAD}
   0: 1A00017F:940B 00000000:0000 0A ${REST}     7        0 1120567 1 00000000905aff1e 100 0 0 10 0
12345: 0100007F:0050 0200007F:11D6 01 ${REST} 60001        0 12 1 00000000905aff1e 20 4 30 10 -1
  12: 0100007F:0051 0200007F:11D6 06 ${REST}     0        0 0 3 00000000905aff1e
`;

test('a socket is found by its two ends, whatever stands beside it', () => {
  const table = new SocketTable('ipv4', IPV4);
  const remote = { address: '127.0.0.2', port: 4566 };
  assert.deepEqual(table.get({ local: { address: '127.0.0.1', port: 80 }, remote }), {
    uid: 60_001,
    inode: '12',
  });
  assert.deepEqual(table.get({ local: { address: '127.0.0.1', port: 81 }, remote }), { uid: 0, inode: '0' });
  assert.equal(table.get({ local: { address: '127.0.0.1', port: 82 }, remote }), undefined);
  assert.equal(table.get({ local: remote, remote: { address: '127.0.0.1', port: 80 } }), undefined);
  const nobody = { address: '0.0.0.0', port: 0 };
  assert.equal(table.get({ local: { address: '127.1.0.26', port: 37_899 }, remote: nobody })?.uid, 7);
});

test('a socket of IPv6 is found by its own address and by one of IPv4', () => {
  const none = '00000000000000000000000000000000';
  const loopback = '00000000000000000000000001000000';
  const mapped = '0000000000000000FFFF00000100007F';
  const table = new SocketTable(
    'ipv6',
    `${HEAD}
   0: ${none}:11D6 ${none}:0000 0A ${REST}  1 0 1 1 0 100 0 0 10 0
   1: ${loopback}:11D7 ${none}:0000 0A ${REST}  2 0 2 1 0 100 0 0 10 0
   2: ${mapped}:11D8 ${mapped}:11D6 01 ${REST}  3 0 3 1 0 100 0 0 10 0
`,
  );
  const nobody = { address: '::', port: 0 };
  assert.equal(table.get({ local: { address: '::', port: 4566 }, remote: nobody })?.uid, 1);
  assert.equal(table.get({ local: { address: '::1', port: 4567 }, remote: nobody })?.uid, 2);
  const [local, remote] = [4568, 4566].map((port) => ({ address: '127.0.0.1', port }));
  assert.equal(table.get({ local: local ?? nobody, remote: remote ?? nobody })?.uid, 3);
});

test('a table that could not be read is empty', () => {
  const end = { address: '127.0.0.1', port: 1 };
  assert.equal(new SocketTable('ipv4', '').get({ local: end, remote: end }), undefined);
  assert.equal(new SocketTable('ipv4', `${HEAD}\n`).get({ local: end, remote: end }), undefined);
});
