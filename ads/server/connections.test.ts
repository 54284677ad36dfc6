import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startTestServer } from './fixtures/test-server.ts';

const COUNT = 10_000;

describe('an ad server under ten thousand connections', () => {
  it('answers each of them, and the next one', descriptors(), async () => {
    await using server = await startTestServer();
    const client = join(import.meta.dirname, 'fixtures', 'many-connections.ts');
    const words = [client, new URL(server.origin).port, String(COUNT), server.link()];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    assert.deepEqual(JSON.parse(stdout), { 302: COUNT });
    assert.equal((await server.ask(server.link())).status, 302);
    assert.equal(server.clicks().length, COUNT + 1);
  });
});

/** Each connection costs a descriptor on each side. */
function descriptors(): { readonly skip: string | false } {
  const most = Number(
    execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).replace('unlimited', '1000000'),
  );
  return { skip: most > COUNT + 500 ? false : `a process may open only ${most} files here` };
}
