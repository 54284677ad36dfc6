import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** The client for `fetch`, if Node loads it with this module; nothing otherwise. */
async function clientLoadedBy(module: string): Promise<string> {
  const print =
    "console.log(process.moduleLoadList.filter((name) => name.endsWith('deps/undici/undici')).join())";
  const words = [
    '--disable-warning=ExperimentalWarning',
    '--eval',
    `import('${module}').then(() => ${print})`,
  ];
  return (await promisify(execFile)(process.execPath, words)).stdout.trim();
}

test('a start of the platform does not load the client for fetch, as an import of node:http would', async () => {
  assert.equal(await clientLoadedBy(new URL('../src/server.ts', import.meta.url).href), '');
  assert.notEqual(await clientLoadedBy('node:http'), '');
});
