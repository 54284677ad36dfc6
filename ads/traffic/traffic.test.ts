import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isbot } from 'isbot';
import { readAgents } from './agents.ts';
import { visitOfLine } from './access-log.ts';
import { Chance } from './chance.ts';
import { generateVisits } from './generate.ts';
import { asLogged } from './pace.ts';
import { replay } from './replay.ts';
import type { Visit } from './visit.ts';

function take(count: number, seed: number): readonly Visit[] {
  return generateVisits(readAgents(), new Chance(seed)).take(count).toArray();
}

describe('generated traffic', () => {
  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(take(50, 7), take(50, 7));
    assert.notDeepEqual(take(50, 7), take(50, 8));
  });

  it('has people, bots, double-clicks, HEAD, prefetches, forged links and requests without an agent', () => {
    const visits = take(2000, 1);
    const share = (test: (visit: Visit) => boolean): number => visits.filter(test).length / visits.length;
    const between = (value: number, least: number, most: number): void =>
      assert.ok(value >= least && value <= most, `${value} is not between ${least} and ${most}`);
    between(
      share((visit) => visit.agent !== '' && isbot(visit.agent)),
      0.13,
      0.24,
    );
    between(
      share((visit) => visit.clicks.length === 2 && visit.clicks[0]?.prefetch !== true),
      0.03,
      0.08,
    );
    between(
      share((visit) => visit.clicks[0]?.method === 'HEAD'),
      0.01,
      0.04,
    );
    between(
      share((visit) => visit.clicks[0]?.prefetch === true),
      0.02,
      0.08,
    );
    between(
      share((visit) => visit.clicks[0]?.forged === true),
      0.003,
      0.03,
    );
    between(
      share((visit) => visit.agent === ''),
      0.005,
      0.03,
    );
  });
});

describe('an access log', () => {
  const line = (method: string, agent: string, time = '17/May/2015:10:05:03 +0000'): string =>
    `83.149.9.216 - - [${time}] "${method} /a?b=%22 HTTP/1.1" 200 203 "http://a.example/" "${agent}"`;

  it('gives address, time, method, agent and referrer of each line', () => {
    assert.deepEqual(visitOfLine(line('HEAD', 'Mozilla/5.0 \\"quoted\\"'), 2), {
      publisherId: 2,
      address: '83.149.9.216',
      agent: 'Mozilla/5.0 "quoted"',
      referrer: 'http://a.example/',
      atMs: Date.parse('2015-05-17T10:05:03Z'),
      clicks: [{ method: 'HEAD', afterMs: 0 }],
    });
    assert.equal(visitOfLine(line('GET', '-'), 1)?.agent, '');
    const elsewhere = visitOfLine(line('GET', 'a', '17/May/2015:12:05:03 +0200'), 1);
    assert.equal(elsewhere?.atMs, Date.parse('2015-05-17T10:05:03Z'));
  });

  it('is read past lines that are no requests, and tells how far', async () => {
    const text = [line('GET', 'a'), 'broken', '', line('POST', 'b'), line('GET', 'c')].join('\n');
    const directory = mkdtempSync(join(tmpdir(), 'log-'));
    const path = join(directory, 'access.log');
    writeFileSync(path, `${text}\n`);
    const { visits, progress } = replay(path, { rate: 1 });
    const { progress: ofTen } = replay(path, { rate: 1, clicks: 10 });
    const seen = await Array.fromAsync(visits);
    rmSync(directory, { recursive: true });
    assert.deepEqual(
      seen.map((visit) => visit.agent),
      ['a', 'c'],
    );
    const leftOut = ' (left out: 2 lines without GET or HEAD)';
    assert.equal(progress(2), `[########################] 100 % 2 clicks sent${leftOut}`);
    assert.equal(ofTen(5), '[############------------]  50 % 5 clicks sent');
  });

  it('keeps its times, so many times as fast, and never waits for the past', () => {
    const pace = asLogged(60);
    const visit = (second: number): Visit => ({
      publisherId: 1,
      address: '',
      agent: '',
      atMs: second * 1000,
      clicks: [],
    });
    assert.deepEqual(
      [100, 160, 130, 99, 220].map((second) => pace(visit(second), 0)),
      [0, 1000, 500, 0, 2000],
    );
  });
});
