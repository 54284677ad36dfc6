import { ConfiguredKeys } from '../access/configured-keys.ts';
import { readKeyFile } from '../access/key-file.ts';
import { ok, type Result } from '../base/result.ts';
import type { Scope } from '../base/scope.ts';
import { isLoopback, type Config } from '../config.ts';
import { readTls, TlsIdentity, type TlsMaterial } from '../wire/tls.ts';
import { onChanges, type ChangesGround } from './changes.ts';

/** Who is let in from outside, and what they see of us. */
export interface Access {
  /** Given: every request from outside must be signed with one of them. */
  readonly accessKeys: ConfiguredKeys | undefined;
  /** Given: TLS is spoken with those outside. */
  readonly tls: TlsIdentity | undefined;
}

/** Why nobody can be let in; a sentence. */
export interface AccessRefused {
  readonly kind: string;
  readonly what: string;
}

/** Reads the files that say who is let in. */
export function readAccess(config: Config): Result<Access, AccessRefused> {
  const keys = config.demandsKeys ? readKeyFile(config.keysFile) : undefined;
  if (keys?.ok === false) return keys;
  const tls = config.tls && readTls(config.tls);
  if (tls?.ok === false) return tls;
  return ok({
    accessKeys: keys && new ConfiguredKeys(keys.value),
    tls: tls && new TlsIdentity(tls.value),
  });
}

/**
 * Reads the files again whenever they change. What cannot be taken is told as trouble, and the former holds. Answers what
 * reads them at once.
 */
export function keepAccess(scope: Scope, config: Config, access: Access, ground: ChangesGround): () => void {
  const { accessKeys, tls } = access;
  const readers: (() => void)[] = [];
  const follow = (files: readonly string[], read: () => void): void => {
    readers.push(read);
    onChanges(scope, files, ground, read);
  };
  if (accessKeys !== undefined) follow([config.keysFile], () => renewKeys(accessKeys, config, ground));
  const { tls: files } = config;
  if (tls !== undefined && files !== undefined) {
    tellEnd(tls.current, ground);
    follow([files.certFile, files.keyFile], () => renewTls(tls, config, ground));
  }
  if (tls === undefined && !isLoopback(config.listenAddress)) ground.tell(inTheClear(config));
  return () => readers.forEach((read) => read());
}

function renewKeys(keys: ConfiguredKeys, { keysFile }: Config, { tell }: ChangesGround): void {
  const read = readKeyFile(keysFile);
  if (!read.ok)
    return tell({
      kind: 'trouble',
      where: 'access',
      what: `${read.failure.what} The former keys still hold.`,
    });
  keys.replace(read.value);
  tell({ kind: 'noticed', where: 'access', what: `${read.value.size} access keys hold now` });
}

function renewTls(identity: TlsIdentity, { tls }: Config, ground: ChangesGround): void {
  const read = tls && readTls(tls);
  if (read === undefined) return;
  if (!read.ok) {
    const what = `${read.failure.what} The former certificate is still shown.`;
    return ground.tell({ kind: 'trouble', where: 'access', what });
  }
  if (read.value.cert === identity.current.cert && read.value.key === identity.current.key) return;
  identity.renew(read.value);
  const until = new Date(read.value.endsAtMs).toISOString();
  ground.tell({
    kind: 'noticed',
    where: 'access',
    what: `a new certificate is shown, which ends at ${until}`,
  });
  tellEnd(read.value, ground);
}

function tellEnd({ endsAtMs }: TlsMaterial, { clock, tell }: ChangesGround): void {
  if (endsAtMs > clock.nowMs()) return;
  const what = `The certificate has ended at ${new Date(endsAtMs).toISOString()}: clients will not trust it.`;
  tell({ kind: 'trouble', where: 'access', what });
}

function inTheClear({ listenAddress }: Config): { kind: 'noticed'; where: string; what: string } {
  const what =
    `Listening on ${listenAddress} without TLS: who is on the way can read messages and answers. ` +
    'Name a certificate with --tls-cert FILE --tls-key FILE.';
  return { kind: 'noticed', where: 'access', what };
}
