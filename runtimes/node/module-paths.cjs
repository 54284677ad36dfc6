'use strict';
const { registerHooks } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/** What is no name of a package: a path, a private import, a URL. */
const NO_PACKAGE = /^[./#]|^\w+:/;

/**
 * Modules find what layers bring as scripts do, in `folders`; Node itself looks there for scripts alone. What they find
 * without that goes before.
 * @param {readonly string[]} folders each ends in `node_modules`, as those of NODE_PATH do at AWS
 */
exports.findForModules = function findForModules(folders) {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        const { code } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
        if (code !== 'ERR_MODULE_NOT_FOUND' || NO_PACKAGE.test(specifier)) throw error;
        const found = firstFound(folders, (parentURL) => next(specifier, { ...context, parentURL }));
        // What is told is that it is not there, not where it was looked for last.
        if (found === undefined) throw error;
        return found;
      }
    },
  });
};

/**
 * @template T
 * @param {readonly string[]} folders
 * @param {(parentURL: string) => T} resolve
 */
function firstFound(folders, resolve) {
  for (const folder of folders) {
    try {
      return resolve(pathToFileURL(path.join(path.dirname(folder), 'any.mjs')).href);
    } catch {
      // The next one may have it.
    }
  }
  return undefined;
}
