'use strict';
// Stands in an environment without a network: what connects to the Runtime API's port is led to the platform's socket, and
// what the platform has for a listener inside comes back on connections that wait there.
// usage: node forwarder.cjs PORT SOCKET; says `ready` once it listens, and nothing else.
const net = require('node:net');

const [port, path] = process.argv.slice(2);
const UPGRADE = 'GET / HTTP/1.1\r\nHost: inward\r\nConnection: Upgrade\r\nUpgrade: millrace-inward\r\n\r\n';
/** The platform says no more before it is answered. */
const MOST_SAID = 1000;
const AGAIN_MS = 1000;

/** Each hears the other; an end of one side that is no proper end is one for the other. */
function join(one, other) {
  one.pipe(other).pipe(one);
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
}

const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  join(client, net.connect({ path: String(path), allowHalfOpen: true }));
});

/** Waits on a connection to the platform to be told a port inside, and leads it there. */
function waitInward() {
  const inward = net.connect({ path: String(path), allowHalfOpen: true });
  let said = '';
  const hear = (chunk) => {
    said += chunk.toString('latin1');
    const [, target] = /\r\n\r\n(\d+)\n$/.exec(said) ?? [];
    if (target === undefined) return void (said.length > MOST_SAID && inward.destroy());
    inward.off('data', hear).off('close', again).pause();
    const listener = net.connect({ port: Number(target), host: '127.0.0.1', allowHalfOpen: true });
    listener.once('connect', () => inward.write('\n'));
    join(inward, listener);
    waitInward();
  };
  const again = () => setTimeout(waitInward, AGAIN_MS);
  inward
    .on('error', () => inward.destroy())
    .on('data', hear)
    .on('close', again);
  inward.write(UPGRADE);
}

server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.end('ready\n');
  waitInward();
});
