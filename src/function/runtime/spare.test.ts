import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionSettings } from '../function.ts';
import { takesVariablesLate } from './spare.ts';

function takes(name: string): boolean {
  return takesVariablesLate({ variables: { [name]: 'any' } } as unknown as FunctionSettings);
}

test('what a process reads when it starts cannot be given to one that runs', () => {
  for (const name of [
    ...['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'UV_THREADPOOL_SIZE', 'SSL_CERT_FILE', 'OPENSSL_CONF'],
    ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'GLIBC_TUNABLES', 'MALLOC_ARENA_MAX', 'LANG', 'LC_ALL', 'TZDIR'],
    ...['PYTHONPATH', 'PYTHONWARNINGS', 'PYTHONHASHSEED', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'],
    'AWS_LAMBDA_EXEC_WRAPPER',
  ]) {
    assert.equal(takes(name), false, name);
  }
});

test('what programs read when they want it can', () => {
  for (const name of [
    'TABLE',
    'NODE_ENV',
    'TZ',
    'MY_LANG',
    'AWS_LAMBDA_LOG_LEVEL',
    'POWERTOOLS_SERVICE_NAME',
  ])
    assert.equal(takes(name), true, name);
});
