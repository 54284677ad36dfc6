import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  bitString,
  contextual,
  objectId,
  octets,
  sequence,
  set,
  text,
  truth,
  utcTime,
  wholeNumber,
} from './der.ts';

/** What somebody signs with: a name and a key. */
export interface Signer {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A certificate and its key in PEM form. */
export interface Issued extends Signer {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is to say. */
export interface Wanted {
  readonly name: string;
  /** Host names that it is for; besides 127.0.0.1. */
  readonly hosts?: readonly string[];
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(objectId(1, 2, 840, 10045, 4, 3, 2));

/** A CA of one's own, good for ten days around `nowMs`. */
export function madeCa(nowMs: number): Issued {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ca = { name: 'CA of the tests', ...keys };
  const wanted = { name: ca.name, beginsAtMs: nowMs - DAY_MS, endsAtMs: nowMs + 9 * DAY_MS };
  const extensions = [
    extension([2, 5, 29, 19], sequence(truth(true)), true),
    // keyCertSign and cRLSign
    extension([2, 5, 29, 15], bitString(Buffer.from([0x06]), 1), true),
    extension([2, 5, 29, 14], octets(keyId(keys.publicKey))),
  ];
  return issued(wanted, ca, ca, extensions);
}

/** The certificate of a server on this machine, signed by the CA. */
export function madeCertificate(ca: Signer, wanted: Wanted): Issued {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = (wanted.hosts ?? ['localhost']).map((host) => contextual(2, text(host), false));
  const address = contextual(7, Buffer.from([127, 0, 0, 1]), false);
  const extensions = [
    // digitalSignature
    extension([2, 5, 29, 15], bitString(Buffer.from([0x80]), 7), true),
    extension([2, 5, 29, 37], sequence(objectId(1, 3, 6, 1, 5, 5, 7, 3, 1))),
    extension([2, 5, 29, 17], sequence(...names, address)),
    extension([2, 5, 29, 14], octets(keyId(keys.publicKey))),
    extension([2, 5, 29, 35], sequence(contextual(0, keyId(ca.publicKey), false))),
  ];
  return issued(wanted, { name: wanted.name, ...keys }, ca, extensions);
}

function issued(wanted: Wanted, subject: Signer, issuer: Signer, extensions: readonly Buffer[]): Issued {
  const { publicKey, privateKey } = subject;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = createHash('sha256').update(spki).update(String(wanted.endsAtMs)).digest().subarray(0, 8);
  const body = sequence(
    contextual(0, wholeNumber(Buffer.from([2])), true),
    wholeNumber(Buffer.concat([Buffer.from([1]), serial])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(utcTime(wanted.beginsAtMs), utcTime(wanted.endsAtMs)),
    nameOf(subject),
    spki,
    contextual(3, sequence(...extensions), true),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, bitString(signature, 0));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    ...subject,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

function nameOf({ name }: Signer): Buffer {
  const utf8String = Buffer.concat([Buffer.from([0x0c, Buffer.byteLength(name)]), Buffer.from(name)]);
  return sequence(set(sequence(objectId(2, 5, 4, 3), utf8String)));
}

function extension(id: readonly number[], value: Buffer, isCritical = false): Buffer {
  return sequence(objectId(...id), ...(isCritical ? [truth(true)] : []), octets(value));
}

/** The 160 bits by which a certificate names a key (RFC 5280, 4.2.1.2). */
function keyId(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha1').update(spki.subarray(-65)).digest();
}
