import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOW_MS, startTestServer } from './fixtures/test-server.ts';
import { INSIDER_COOKIE, insiderMark } from './insider.ts';

describe('the mark of our own people', () => {
  it('makes their clicks known as such until it expires, and only when we made it', async () => {
    await using server = await startTestServer();
    const key = server.secrets.signingKey(NOW_MS);
    const good = insiderMark(key, NOW_MS + 1);
    const changed = `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`;
    for (const value of [good, changed, insiderMark(key, NOW_MS), 'x.1.y', ''])
      await server.ask(server.link(), { Cookie: `a=b; ${INSIDER_COOKIE}=${value}; c=d` });
    assert.deepEqual(
      server.clicks().map((click) => click?.insider),
      [true, undefined, undefined, undefined, undefined],
    );
  });
});
