import { compileFunction } from 'node:vm';

/** What V8 says about code that only parses as an ES module; Node's own list. */
const MODULE_ONLY = [
  'Cannot use import statement outside a module',
  "Unexpected token 'export'",
  "Cannot use 'import.meta' outside a module",
  'await is only valid in async functions and the top level bodies of modules',
];

const COMMONJS_NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];

/** True when JavaScript text can only be an ES module. The text is parsed, never run. */
export function isModuleSyntax(code: string): boolean {
  try {
    compileFunction(code, COMMONJS_NAMES);
    return false;
  } catch (error) {
    const said = (error as Error).message;
    return MODULE_ONLY.some((message) => said.includes(message));
  }
}
