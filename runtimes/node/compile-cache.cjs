'use strict';
const fs = require('node:fs');
const nodeModule = require('node:module');

const { env } = process;

/** Begins to use, or to make, the compile cache that the platform names, if it names one. */
exports.begin = function begin() {
  const { MILLRACE_USE_CACHE: used, MILLRACE_MAKE_CACHE: made } = env;
  delete env.MILLRACE_USE_CACHE;
  delete env.MILLRACE_MAKE_CACHE;
  // The owner's own cache goes first.
  if (nodeModule.getCompileCacheDir() !== undefined) return;
  if (made !== undefined) {
    nodeModule.enableCompileCache(made);
    exports.isMaking = true;
  } else if (used !== undefined) {
    nodeModule.enableCompileCache(folderFor(used));
  }
};

/** True in the one process that only loads the code, to fill the cache. */
exports.isMaking = false;

/** Writes the cache and ends this process. */
exports.finish = function finish() {
  nodeModule.flushCompileCache();
  process.exit(0);
};

/**
 * Node looks into `CACHE/VERSION-UID`. The one who filled the cache had another user id: a link of the right name,
 * in a folder of this environment's own, leads there.
 * @param {string} cache
 * @returns {string}
 */
function folderFor(cache) {
  const filled = fs.readdirSync(cache).find((name) => /^v[0-9].*-[0-9]+$/.test(name)) ?? '';
  const wanted = filled.replace(/\d+$/, String(process.getuid?.()));
  if (wanted === filled) return cache;
  const folder = fs.mkdtempSync('/dev/shm/compile-cache-');
  fs.symlinkSync(`${cache}/${filled}`, `${folder}/${wanted}`);
  return folder;
}
