import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { failed, ok, type Result } from '../base/result.ts';

/** The files that make a server known to its clients, both in PEM form. */
export interface TlsFiles {
  /** The server's certificate first, then those between it and the CA. */
  readonly certFile: string;
  /** Its private key. */
  readonly keyFile: string;
}

/** A certificate and its key, which belong together. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** When the certificate ends. */
  readonly endsAtMs: number;
  /** The host names that the certificate is for, without those with a `*`. */
  readonly names: readonly string[];
}

/** Why no TLS can be spoken; `what` is a sentence that says what to do. */
export interface TlsRefused {
  readonly kind: 'no-tls';
  readonly what: string;
}

class Refused extends Error {}

/** Reads certificate and key and sees that they fit. */
export function readTls(files: TlsFiles): Result<TlsMaterial, TlsRefused> {
  try {
    return ok(material(files));
  } catch (error) {
    if (error instanceof Refused) return failed({ kind: 'no-tls', what: error.message });
    throw error;
  }
}

/** What a server shows its clients now; it may be renewed while the server runs. */
export class TlsIdentity {
  #material: TlsMaterial;
  readonly #servers: ((material: TlsMaterial) => void)[] = [];

  constructor(first: TlsMaterial) {
    this.#material = first;
  }

  get current(): TlsMaterial {
    return this.#material;
  }

  /** New connections of every server that uses it see this from now on. */
  renew(next: TlsMaterial): void {
    this.#material = next;
    for (const take of this.#servers) take(next);
  }

  /** Calls `take` at every renewal. */
  onRenewal(take: (material: TlsMaterial) => void): void {
    this.#servers.push(take);
  }
}

function material({ certFile, keyFile }: TlsFiles): TlsMaterial {
  const cert = read(certFile, 'certificate');
  const key = read(keyFile, 'key');
  if ((statSync(keyFile).mode & 0o007) !== 0) {
    throw new Refused(`Every user can read the key in ${keyFile}: run chmod 600 ${keyFile} first.`);
  }
  const certificate = certificateIn(cert, certFile);
  if (!certificate.checkPrivateKey(keyIn(key, keyFile))) {
    throw new Refused(
      `The key in ${keyFile} does not belong to the first certificate in ${certFile}: ` +
        "the server's own certificate comes first, those of the CA behind it.",
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new Refused(`${certFile} and ${keyFile} cannot be used: ${(error as Error).message}.`);
  }
  return { cert, key, endsAtMs: Date.parse(certificate.validTo), names: namesIn(certificate) };
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refused(`The ${what} cannot be read: ${(error as Error).message}.`);
  }
}

function certificateIn(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new Refused(`${file} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).`);
  }
}

function keyIn(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new Refused(
      text.includes('ENCRYPTED')
        ? `The key in ${file} is encrypted: write it without a passphrase (openssl pkey -in ${file}).`
        : `${file} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----).`,
    );
  }
}

function namesIn({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .filter((name) => name.startsWith('DNS:') && !name.includes('*'))
    .map((name) => name.slice('DNS:'.length));
}
