import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { leftOver, startChild, stopLeftOver } from './child.ts';
import { freePort } from './free-port.ts';
import { countersIn, readCounters, startPlatform } from './platform.ts';

describe('the platform as a child', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'platform-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is up when it answers, and is gone when it was stopped', async () => {
    const port = await freePort();
    const platform = await startPlatform({ program: program(SERVES), directory, port });
    assert.equal((await fetch(platform.endpoint)).status, 404);
    assert.ok(existsSync(join(directory, 'platform.pid')));
    await platform.stop();
    await assert.rejects(fetch(platform.endpoint));
    assert.ok(!existsSync(join(directory, 'platform.pid')));
  });

  it('that refuses to start is one error with its own words', async () => {
    const refusing = program(`process.stderr.write('Port 1 is taken.\\n'); process.exitCode = 1;`);
    await assert.rejects(
      startPlatform({ program: refusing, directory, port: 1 }),
      /did not start: Port 1 is taken\./,
    );
    const missing = join(directory, 'not-there');
    await assert.rejects(startPlatform({ program: missing, directory, port: 1 }), /did not start: .*ENOENT/);
  });

  it('does not start where something else listens, and asks nothing of that', async (t) => {
    let asked = 0;
    const other = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    t.after(() => other.close());
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    await assert.rejects(
      startPlatform({ program: program(SERVES), directory, port }),
      /^Error: The platform did not start: Port \d+ of 127\.0\.0\.1 is taken: .* --port\.$/,
    );
    assert.equal(asked, 0);
    assert.ok(!existsSync(join(directory, 'platform.pid')));
  });

  it('that a killed parent left behind is ended, and nobody else of that number', async () => {
    const script = program('setInterval(() => undefined, 1000);');
    const pidFile = join(directory, 'child.pid');
    const child = startChild({
      command: script,
      arguments: ['marked'],
      logFile: join(directory, 'log'),
      pidFile,
    });
    await stopLeftOver(pidFile, 'a mark that it does not bear');
    assert.equal(leftOver(pidFile, 'marked'), child.pid);
    await stopLeftOver(pidFile, 'marked');
    await child.ended;
    assert.equal(leftOver(pidFile, 'marked'), undefined);
  });

  function program(code: string): string {
    const path = join(directory, 'program.mjs');
    writeFileSync(path, `#!${process.execPath}\n${code}\n`);
    chmodSync(path, 0o755);
    return path;
  }
});

describe('the counters of the platform', () => {
  it('are found at the top or one level down, as numbers or by outcome', () => {
    assert.deepEqual(countersIn({ invocations: 3, environmentsStarted: 1 }), {
      invocations: 3,
      environmentsStarted: 1,
    });
    assert.deepEqual(countersIn({ figures: { invocations: { answered: 3, 'timed-out': 1 } } }), {
      invocations: 4,
    });
    assert.deepEqual(countersIn(null), {});
  });

  it('are none when nobody tells', async () => {
    const server: Server = createServer((_, response) => response.writeHead(404).end()).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.deepEqual(await readCounters(endpoint), {});
    server.close();
    server.closeAllConnections();
    assert.deepEqual(await readCounters(endpoint), {});
  });
});

const SERVES = `import { createServer } from 'node:http';
  createServer((_, response) => response.writeHead(404).end()).listen(Number(process.argv.at(-1)), '127.0.0.1');`;
