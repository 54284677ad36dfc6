import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { madeCa, madeCertificate } from '../../test/certificates/certificate.ts';
import { readTls } from './tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
after(() => rmSync(folder, { recursive: true }));
const nowMs = Date.UTC(2026, 0, 1);
const ca = madeCa(nowMs);
const hosts = ['queues.example.org', '*.example.net'];
const wanted = { name: 'server', hosts, beginsAtMs: nowMs, endsAtMs: nowMs + 60_000 };
const server = madeCertificate(ca, wanted);
const certFile = holding('cert.pem', server.cert);
const keyFile = holding('key.pem', server.key);

function holding(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

function refusal(files: { certFile?: string; keyFile?: string }): string {
  const read = readTls({ certFile, keyFile, ...files });
  assert.ok(!read.ok, 'the files were taken');
  return read.failure.what;
}

test('a certificate is taken with its key, its end and its names', () => {
  const read = readTls({ certFile, keyFile });
  assert.ok(read.ok);
  const { endsAtMs, names, cert, key } = read.value;
  assert.deepEqual([endsAtMs, names], [nowMs + 60_000, ['queues.example.org']]);
  assert.deepEqual([cert, key], [server.cert, server.key]);
  assert.ok(readTls({ certFile: holding('chain.pem', server.cert + ca.cert), keyFile }).ok);
});

test('what is not there or not readable is named', () => {
  assert.match(
    refusal({ certFile: join(folder, 'gone') }),
    /^The certificate cannot be read: ENOENT.*gone'\.$/,
  );
  assert.match(refusal({ keyFile: join(folder, 'gone') }), /^The key cannot be read: ENOENT.*gone'\.$/);
});

test('what is no certificate, no key, or encrypted is said', () => {
  assert.match(refusal({ certFile: keyFile }), /key\.pem holds no certificate in PEM form/);
  assert.match(refusal({ keyFile: certFile }), /cert\.pem holds no private key in PEM form/);
  const passphrase = { cipher: 'aes-256-cbc', passphrase: 'x' };
  const encrypted = server.privateKey.export({ type: 'pkcs8', format: 'pem', ...passphrase });
  assert.match(
    refusal({ keyFile: holding('locked.pem', String(encrypted)) }),
    /is encrypted: write it without/,
  );
});

test('a key of another certificate is refused, as is a chain in the wrong order', () => {
  assert.match(
    refusal({ keyFile: holding('other.pem', ca.key) }),
    /does not belong to the first certificate in/,
  );
  assert.match(
    refusal({ certFile: holding('turned.pem', ca.cert + server.cert) }),
    /own certificate comes first/,
  );
});

test('a key that every user can read is refused; one for a group is taken', () => {
  chmodSync(keyFile, 0o644);
  assert.match(refusal({}), /^Every user can read the key in .* chmod 600 /);
  chmodSync(keyFile, 0o640);
  assert.ok(readTls({ certFile, keyFile }).ok);
});
