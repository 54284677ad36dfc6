'use strict';
const { env } = process;

/** Where this process waits for its function, when it has been started ahead of one. */
const place = env.MILLRACE_SPARE;

/** Resolves when this process has its function: its code is there, and its variables are this process's own. */
exports.awaited = async function awaited() {
  // What functions may need is loaded while nobody waits.
  require('./compile-cache.cjs');
  await import('node:path');
  let text = '';
  for await (const chunk of require('node:net').connect(String(place)).setEncoding('utf8')) text += chunk;
  // The platform has gone, or wants this process no more.
  if (text === '') process.exit(0);
  become(JSON.parse(text).variables);
};

/**
 * What the walls have set stays: nobody gives it.
 * @param {Record<string, string>} variables
 */
function become(variables) {
  for (const name of Object.keys(env)) if (!(name in variables) && name !== 'PWD') delete env[name];
  for (const [name, value] of Object.entries(variables)) if (env[name] !== value) env[name] = value;
  delete env.MILLRACE_SOCKET;
}
