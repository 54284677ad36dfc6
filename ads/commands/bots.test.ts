import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { botsOfLog, knownLists, type AgentList } from './bot-lists.ts';
import { FILTERS, qualityOf, type Quality } from './bots.ts';

describe('the filter of agents', { skip: installed() }, () => {
  it('finds the bots of a list that it is not made from, and takes few old browsers for bots', () => {
    const { found, bots, wronged, people } = quality('woothee', 'bot library');
    assert.ok(bots >= 80 && people >= 130, `${bots} ${people}`);
    assert.ok(found / bots >= 0.97, `${found} of ${bots}`);
    assert.ok(wronged / people <= 0.08, `${wronged} of ${people}`);
  });

  it('takes no browser of today for a bot, nor for one that nobody knows', () => {
    for (const filter of Object.keys(FILTERS)) {
      const { wronged, people } = quality('user-agents', filter);
      assert.ok(people > 900 && wronged / people <= 0.002, `${filter}: ${wronged} of ${people}`);
    }
  });

  it('finds nearly all of the bots that somebody collected', () => {
    const { found, bots } = quality('crawler-user-agents', 'bot library');
    assert.ok(found / bots >= 0.99, `${found} of ${bots}`);
  });

  it('is measured too by who asked for robots.txt in a log', () => {
    const line = (request: string, agent: string): string =>
      `1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET ${request} HTTP/1.1" 200 1 "-" "${agent}"`;
    const log = [
      line('/robots.txt', 'a-bot'),
      line('/', 'Firefox'),
      line('/robots.txt', 'a-bot'),
      line('/robots.txt', '-'),
    ];
    assert.deepEqual(botsOfLog(log.join('\n')).bots, ['a-bot']);
  });
});

function quality(list: string, filter: string): Quality {
  const found = knownLists().find(({ name }) => name.startsWith(list));
  return qualityOf(
    found ?? ({ bots: [], people: [] } as unknown as AgentList),
    FILTERS[filter] ?? (() => false),
  );
}

function installed(): string | false {
  try {
    createRequire(import.meta.url).resolve('woothee/package.json');
    return false;
  } catch {
    return 'npm install brings the list woothee';
  }
}
