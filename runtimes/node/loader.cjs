'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { RuntimeError } = require('./errors.cjs');

/**
 * The function that a handler string names, as AWS finds it: `folder/file.export.nested` below the task root.
 * @param {string} taskRoot
 * @param {string} handler
 * @returns {Promise<Function>}
 */
exports.load = async function load(taskRoot, handler) {
  if (handler.includes('..')) {
    const told = `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw new RuntimeError('Runtime.MalformedHandlerName', told);
  }
  const name = path.basename(handler);
  const folder = handler.slice(0, handler.length - name.length);
  const parts = /^([^.]*)\.(.+)$/.exec(name);
  if (parts === null) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const [, file, exported] = /** @type {[string, string, string]} */ (/** @type {unknown} */ (parts));
  const loaded = await loadModule(taskRoot, folder, file);
  const found = exported.split('.').reduce((value, key) => value?.[key], /** @type {any} */ (loaded));
  if (found === undefined || found === null) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  return found;
};

/**
 * @param {string} taskRoot
 * @param {string} folder
 * @param {string} file
 */
async function loadModule(taskRoot, folder, file) {
  try {
    return await firstFound(path.resolve(taskRoot, folder, file), taskRoot, folder, file);
  } catch (error) {
    adviseOnSdk(error);
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', error);
    const { code } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
    if (code === 'MODULE_NOT_FOUND') throw new RuntimeError('Runtime.ImportModuleError', error);
    throw error;
  }
}

/**
 * AWS's runtime brings the whole SDK, so that packages which came from there may lack a part of it.
 * @param {unknown} error
 */
function adviseOnSdk(error) {
  const [, name] = /Cannot find (?:package|module) '(@aws-sdk\/[\w-]+)/.exec(String(error)) ?? [];
  if (name === undefined) return;
  const what = 'this runtime brings @aws-sdk/client-sqs and @aws-sdk/client-lambda';
  process.stderr.write(`Of the AWS SDK ${what}; put ${name} into the package: npm install ${name}\n`);
}

/**
 * @param {string} stem
 * @param {string} taskRoot
 * @param {string} folder
 * @param {string} file
 */
async function firstFound(stem, taskRoot, folder, file) {
  if (isFile(stem)) return requireOrImport(stem);
  const script = `${stem}.js`;
  if (isFile(script)) return isInModulePackage(script, taskRoot) ? import(script) : requireOrImport(script);
  if (isFile(`${stem}.mjs`)) return import(`${stem}.mjs`);
  if (isFile(`${stem}.cjs`)) return require(`${stem}.cjs`);
  const paths = [taskRoot, path.resolve(taskRoot, folder)];
  return requireOrImport(require.resolve(`./${file}`, { paths }));
}

/** @param {string} file */
async function requireOrImport(file) {
  try {
    return require(file);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
    if (code === 'ERR_REQUIRE_ASYNC_MODULE' || code === 'ERR_REQUIRE_ESM') return import(file);
    throw error;
  }
}

/** @param {string} file */
function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * @param {string} file
 * @param {string} taskRoot
 */
function isInModulePackage(file, taskRoot) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const described = path.join(folder, 'package.json');
    if (isFile(described)) return JSON.parse(fs.readFileSync(described, 'utf8')).type === 'module';
    if (folder === taskRoot || folder === path.dirname(folder)) return false;
  }
}
