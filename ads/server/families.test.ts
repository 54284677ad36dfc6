import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { familiesOf } from './families.ts';

describe('the families of a user agent', () => {
  const cases = [
    [
      'chrome windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
    ],
    [
      'edge windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0',
    ],
    [
      'safari ios',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    ],
    [
      'chrome ios',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0.0.0 Mobile/15E148 Safari/604.1',
    ],
    [
      'samsung android',
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    ],
    ['firefox linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    ['unknown unknown', 'curl/8.5.0'],
    ['unknown unknown', ''],
  ] as const;
  for (const [families, agent] of cases) {
    it(`are "${families}" for ${agent.slice(-60)}`, () => {
      assert.deepEqual(Object.values(familiesOf(agent)).join(' '), families);
    });
  }

  it('are known of all browsers of a public list', () => {
    const folder = dirname(createRequire(import.meta.url).resolve('user-agents'));
    const list = JSON.parse(readFileSync(join(folder, 'user-agents.json'), 'utf8')) as {
      userAgent: string;
    }[];
    const unknown = list.filter(({ userAgent }) => Object.values(familiesOf(userAgent)).includes('unknown'));
    assert.deepEqual(
      unknown.map(({ userAgent }) => userAgent),
      [],
    );
  });
});
