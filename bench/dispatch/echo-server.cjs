'use strict';
// Answers each frame on the socket that it is told with a frame that says nothing: a runtime without a function.
const net = require('node:net');
const { KIND, decoder, encode } = require('../../runtimes/node/frames.cjs');

const socket = net.connect(String(process.argv[2]));
const nothing = Buffer.from('{}');
socket.on(
  'data',
  decoder((_kind, { requestId }, body) => {
    JSON.parse(body.toString('utf8'));
    socket.write(encode(KIND.answer, { requestId, marks: 0 }, nothing));
  }),
);
