import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig, type Flags } from './config.ts';

function refusal(flags: Flags): string {
  const result = readConfig(flags, {});
  assert.ok(!result.ok, 'the flags were taken');
  return result.failure.what;
}

test('a flag wins over a variable, a variable over the default', () => {
  const both = readConfig({ port: '1' }, { MILLRACE_PORT: '2', MILLRACE_REGION: 'eu-west-1' });
  assert.ok(both.ok);
  assert.equal(both.value.port, 1);
  assert.equal(both.value.region, 'eu-west-1');
  assert.equal(both.value.account, '000000000000');
});

test('what runtimes fetch has a folder of its own, below that of the user’s caches', () => {
  const folderOf = (flags: Flags, variables: Record<string, string>): string => {
    const config = readConfig(flags, variables);
    return config.ok ? config.value.cacheDirectory : config.failure.what;
  };
  assert.equal(folderOf({}, { XDG_CACHE_HOME: '/x' }), '/x/millrace');
  assert.equal(folderOf({}, { XDG_CACHE_HOME: '/x', MILLRACE_CACHE: '/y' }), '/y');
  assert.match(folderOf({}, {}), /\/\.cache\/millrace$/);
});

test('each unreadable value is refused with its flag named', () => {
  assert.match(refusal({ port: '70000' }), /--port .* 65535; got "70000"/);
  assert.match(refusal({ account: '12' }), /--account takes twelve digits/);
  assert.match(refusal({ region: 'US East' }), /--region/);
  assert.match(refusal({ isolation: 'docker' }), /auto, bubblewrap or bare/);
  assert.match(refusal({ cpu: 'all' }), /weight or quota/);
  assert.match(refusal({ waits: 'some' }), /--waits takes none or aws/);
  assert.match(refusal({ listen: 'example.org' }), /--listen takes an IP address/);
});

test('a public address is an origin; one that leads here from elsewhere needs keys', () => {
  const publicOriginOf = (publicUrl: string): string | undefined => {
    const config = readConfig({ publicUrl }, {});
    return config.ok ? config.value.publicOrigin : config.failure.what;
  };
  assert.equal(publicOriginOf('http://localhost:4566/'), 'http://localhost:4566');
  assert.equal(publicOriginOf('http://127.0.0.1'), 'http://127.0.0.1');
  assert.equal(publicOriginOf('http://[::1]:4566'), 'http://[::1]:4566');
  for (const publicUrl of [
    'queues.example.org',
    'ftp://localhost',
    'http://localhost/path',
    'http://a@localhost',
  ])
    assert.match(refusal({ publicUrl }), /^--public-url takes an address/);
  assert.match(
    refusal({ publicUrl: 'https://queues.example.org', data: '/nowhere' }),
    /^https:\/\/queues\.example\.org lets other machines in: .*"millrace keys add"/,
  );
});

test('a domain of function URLs is a name; one that leads here from elsewhere needs keys', () => {
  const own = readConfig({ urlDomain: 'Functions.LOCALHOST' }, {});
  assert.ok(own.ok && own.value.urlDomain === 'functions.localhost');
  for (const urlDomain of [
    '',
    'a b',
    'http://a.example',
    'a.example:80',
    '.a',
    'a..b',
    '127.0.0.1',
    '-a',
    'a/b',
  ])
    assert.match(refusal({ urlDomain }), /^--url-domain takes a domain's name/);
  assert.match(
    refusal({ urlDomain: 'functions.example.com', data: '/nowhere' }),
    /^functions\.example\.com lets other machines in: .*"millrace keys add"/,
  );
});

test('listening to other machines without keys is refused', () => {
  const data = '/nowhere';
  assert.match(
    refusal({ listen: '0.0.0.0', data }),
    /^Listening on 0\.0\.0\.0 .*"millrace keys add".*--keys FILE/,
  );
});

test('a key file that others can read is refused, a private one is taken', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const keys = join(folder, 'keys.json');
  writeFileSync(keys, '{"AKIAEXAMPLE": "not-so-secret"}', { mode: 0o600 });
  const taken = readConfig({ listen: '0.0.0.0', keys }, {});
  assert.ok(taken.ok);
  assert.deepEqual([taken.value.keysFile, taken.value.demandsKeys], [keys, true]);
  chmodSync(keys, 0o644);
  assert.match(refusal({ listen: '0.0.0.0', keys }), /chmod 600/);
});
