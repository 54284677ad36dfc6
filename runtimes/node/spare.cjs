'use strict';
const { Channel } = require('./channel.cjs');

const { env } = process;

/** Where this process waits for its function, when it has been started ahead of one. */
const place = env.MILLRACE_SPARE;
const LINE_END = 10;
const PRACTICE = 'MILLRACE_PRACTICE';
/** More make a start longer and a hit no shorter. */
const ROUNDS = 3;

/**
 * Resolves when this process has its function: its code is there, and its variables are this process's own.
 * @param {(handler: Function) => Promise<void>} invoke answers an invocation that nobody has asked for
 */
exports.awaited = async function awaited(invoke) {
  await practise(invoke);
  become(JSON.parse(await received()).variables);
};

/**
 * What functions may need is loaded, and what they will do is done a few times, while nobody waits: code that has run is quicker.
 * @param {(handler: Function) => Promise<void>} invoke
 */
async function practise(invoke) {
  require('./compile-cache.cjs');
  await import('node:timers/promises');
  for (let round = 0; round < ROUNDS; round += 1) {
    become(JSON.parse(JSON.stringify({ ...env, [PRACTICE]: String(round) })));
    delete env[PRACTICE];
    for (const handler of await loaded(round)) await invoke(handler);
  }
  // Nobody is there: what is practised is the end of a connection.
  const { socket } = new Channel(`${place}-nobody`, () => {});
  await new Promise((closed) => socket.on('error', () => {}).on('close', closed));
}

/**
 * Handlers of either kind of module, one of them new in each round.
 * @param {number} round
 * @returns {Promise<Function[]>}
 */
async function loaded(round) {
  require('./log.cjs').configure();
  require('./context.cjs').configure();
  const { load } = require('./loader.cjs');
  delete require.cache[require.resolve('./ahead-script.cjs')];
  const { handler } = await import(`./ahead-module.mjs?${round}`);
  return [
    handler,
    await load(__dirname, 'ahead-module.handler'),
    await load(__dirname, 'ahead-script.handler'),
  ];
}

/** @returns {Promise<string>} one line: what the platform gives this process */
function received() {
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const pieces = [];
    const channel = new Channel(String(place), (bytes) => {
      // The answer to the greeting, unless it comes together with the line.
      if (pieces.length === 0 && bytes.length === 1 && bytes[0] === LINE_END) return;
      pieces.push(Buffer.from(bytes));
      if (bytes.at(-1) !== LINE_END) return;
      channel.socket.destroy();
      resolve(Buffer.concat(pieces).toString());
    });
    // An empty line, answered by one: so writing and reading have been done before.
    channel.socket.on('connect', () => channel.write(Buffer.of(LINE_END)));
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
