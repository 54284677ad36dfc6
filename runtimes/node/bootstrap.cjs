'use strict';
// Starts the runtime of Node functions. `require` would look at every start for where its parts are and what they are,
// which takes a quarter of a millisecond for each; all of that is known.
const { readFileSync } = require('node:fs');
const Module = require('node:module');

/** @type {Map<string, any>} */
const parts = new Map();
const PART = /^\.\/[a-z-]+\.cjs$/;

/**
 * What `require` is in each part: parts name each other as `./name.cjs`.
 * @param {string} request
 * @returns {any}
 */
function load(request) {
  const known = parts.get(request);
  if (known !== undefined) return known.exports;
  return PART.test(request) ? loadPart(request) : require(request);
}

/** @param {string} request */
function loadPart(request) {
  const path = __dirname + request.slice(1);
  /** @type {any} */
  const part = new Module(path);
  Object.assign(part, { filename: path, paths: module.paths, require: load });
  parts.set(request, part);
  part._compile(readFileSync(path, 'utf8'), path);
  return part.exports;
}

load('./runtime.cjs');
