import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';

const PEOPLE = 60;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** The parts of an address that may be nowhere: of IPv4 the whole, of IPv6 what comes after the first 48 bits. */
const V4 = (person: number): string => `203.0.113.${100 + person}`;
const V6_NETWORK = '2001:db8:c0de';
const V6_REST = (person: number): string => `beef:dead:feed:face:${(0x1000 + person).toString(16)}`;

describe('after traffic through the whole system', () => {
  let directory: string;
  let said: string;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'privacy-'));
    chmodSync(directory, 0o755);
    const log = join(directory, 'access.log');
    writeFileSync(log, accessLog());
    said = await run(['--exit', '--port', '0', '--data', join(directory, 'data'), '--replay', log]);
    rmSync(log);
    await clickWithoutChannel(join(directory, 'data'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('the books balance, and the networks that may be kept are found', () => {
    assert.match(said, /differences: 0\n/);
    const places = placesOf(['203.0.113.0/24', `${V6_NETWORK}::/48`].map((text) => Buffer.from(text)));
    assert.ok(
      places.some((place) => place.includes('postgres')),
      said,
    );
    for (const store of ['platform', 'spool'])
      assert.ok(
        places.some((place) => place.includes(store)),
        said,
      );
  });

  it('no address is in any store, spool, journal or log, nor in what was printed', () => {
    const traces = Array.from({ length: PEOPLE }, (_, person) => [
      ...[V4(person), V6_REST(person)].map((text) => Buffer.from(text)),
      Buffer.from(V6_REST(person).replaceAll(':', ''), 'hex'),
      Buffer.from(V6_REST(person).replaceAll(':', '')),
    ]).flat();
    assert.deepEqual(placesOf(traces), []);
    for (let person = 0; person < PEOPLE; person += 1) assert.ok(!said.includes(V4(person)), said);
  });

  it('the search would find one', () => {
    writeFileSync(join(directory, 'data', 'planted'), `x${V4(7)}y`);
    assert.deepEqual(placesOf([Buffer.from(V4(7))]), [join(directory, 'data', 'planted')]);
  });

  /** The files that hold any of these bytes. */
  function placesOf(traces: readonly Buffer[]): readonly string[] {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => {
        const bytes = readFileSync(path);
        return traces.some((trace) => bytes.includes(trace));
      });
  }
});

/** An ad server on the same data, without broker and database: its clicks are spooled. */
async function clickWithoutChannel(data: string): Promise<void> {
  const nowhere = 'http://127.0.0.1:1';
  const child = spawn(process.execPath, [join(import.meta.dirname, 'server', 'main.ts'), '--data', data], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: nowhere,
      QUEUE_URL: `${nowhere}/000000000000/clicks`,
      VIEWS_QUEUE_URL: `${nowhere}/000000000000/views`,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const origin = / answers at (\S+)$/.exec(line)?.[1] ?? '';
  for (let person = 0; person < PEOPLE; person += 1)
    for (const address of [V4(person), `${V6_NETWORK}:${V6_REST(person)}`]) {
      const headers = { 'X-Forwarded-For': address, 'User-Agent': AGENT };
      const ad = (await (await fetch(`${origin}/serve?publisher=1`, { headers })).json()) as Ad;
      await fetch(ad.view_url, { headers });
      const clicked = await fetch(ad.click_url, { headers, redirect: 'manual' });
      assert.equal(clicked.status, 302);
    }
  child.kill('SIGTERM');
  await once(child, 'close');
}

interface Ad {
  readonly click_url: string;
  readonly view_url: string;
}

function accessLog(): string {
  const line = (address: string): string =>
    `${address} - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 1 "https://a.example/" "${AGENT}"\n`;
  const people = Array.from({ length: PEOPLE }, (_, person) => person);
  return people.flatMap((person) => [line(V4(person)), line(`${V6_NETWORK}:${V6_REST(person)}`)]).join('');
}

async function run(options: readonly string[]): Promise<string> {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...options], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (text += part.toString()));
  await once(child, 'close');
  return text;
}
