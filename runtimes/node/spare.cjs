'use strict';
const { Channel } = require('./channel.cjs');

const { env } = process;

/** Where this process waits for its function, when it has been started ahead of one. */
const place = env.MILLRACE_SPARE;
const LINE_END = 10;
const PRACTICE = 'MILLRACE_PRACTICE';

/** Resolves when this process has its function: its code is there, and its variables are this process's own. */
exports.awaited = async function awaited() {
  await practise();
  become(JSON.parse(await received()).variables);
};

/** What functions may need is loaded, and what they will do is done once, while nobody waits. */
async function practise() {
  require('./compile-cache.cjs');
  const { encode, KIND } = require('./frames.cjs');
  const { Invocation } = require('./invocation.cjs');
  const { load } = require('./loader.cjs');
  for (const kind of ['module', 'script']) {
    const handler = await load(__dirname, `ahead-${kind}.handler`);
    await new Promise((done) => new Invocation(done).run(handler, {}, { remainingMs: 0 }));
  }
  encode(KIND.ready, {}, 'null');
  become(JSON.parse(JSON.stringify({ ...env, [PRACTICE]: '' })));
  delete env[PRACTICE];
  // Nobody is there: what is practised is the end of a connection.
  const { socket } = new Channel(`${place}-nobody`, () => {});
  await new Promise((closed) => socket.on('error', () => {}).on('close', closed));
}

/** @returns {Promise<string>} one line: what the platform gives this process */
function received() {
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const pieces = [];
    const channel = new Channel(String(place), (bytes) => {
      pieces.push(Buffer.from(bytes));
      if (bytes.at(-1) !== LINE_END) return;
      channel.socket.destroy();
      resolve(Buffer.concat(pieces).toString());
    });
    // The platform has gone, or wants this process no more.
    for (const end of ['end', 'error']) channel.socket.on(end, () => process.exit(0));
  });
}

/**
 * What the walls have set stays: nobody gives it.
 * @param {Record<string, string>} variables
 */
function become(variables) {
  for (const name of Object.keys(env)) if (!(name in variables) && name !== 'PWD') delete env[name];
  for (const [name, value] of Object.entries(variables)) if (env[name] !== value) env[name] = value;
  delete env.MILLRACE_SOCKET;
}
