import type { FunctionSettings } from '../function.ts';

/** Names the socket on which a spare program waits for its function; absent in every other program. */
export const SPARE_VARIABLE = 'MILLRACE_SPARE';

/** Variables that are read by a process's loader, its libraries or its runtime when it starts, and never again. */
const READ_AT_START =
  /^(LD_|GLIBC_|MALLOC_|LC_|LANG|TZDIR|ICU_|OPENSSL_|SSL_|UV_|NODE_(?!ENV$)|PYTHON|JAVA_|JDK_|AWS_LAMBDA_EXEC_WRAPPER$)/;

/** True when a function's own variables can be given to a running process as well as to a starting one. */
export function takesVariablesLate({ variables }: FunctionSettings): boolean {
  return !Object.keys(variables).some((name) => READ_AT_START.test(name));
}
