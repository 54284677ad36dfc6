'use strict';
// Stands in an environment without a network: what connects to the Runtime API's port is led to the platform's socket.
// usage: node forwarder.cjs PORT SOCKET; says `ready` once it listens, and nothing else.
const net = require('node:net');

const [port, path] = process.argv.slice(2);

const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const platform = net.connect({ path: String(path), allowHalfOpen: true });
  client.pipe(platform).pipe(client);
  // An end of one side that is no proper end is one for the other.
  client.on('error', () => platform.destroy());
  platform.on('error', () => client.destroy());
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.end('ready\n'));
