import { createHash, createHmac } from 'node:crypto';

/** What requests are signed with; an environment of a function has a session token too. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly region: string;
}

/**
 * The headers of a signed POST to SQS (AWS Signature Version 4, as AWS documents it): `headers` and what the
 * signature adds. All of them are signed.
 */
export function signedHeaders(
  { url, body, headers, now }: SignedRequest,
  keys: SigningKeys,
): Readonly<Record<string, string>> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${keys.region}/sqs/aws4_request`;
  const all: Record<string, string> = { ...headers, host: url.host, 'x-amz-date': time };
  if (keys.sessionToken !== undefined) all['x-amz-security-token'] = keys.sessionToken;
  const names = Object.keys(all).toSorted();
  const canonical = [
    'POST',
    url.pathname,
    '',
    ...names.map((name) => `${name}:${all[name]?.trim()}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const steps = [time.slice(0, 8), keys.region, 'sqs', 'aws4_request'];
  const key = steps.reduce<Buffer | string>(
    (secret, step) => hmac(secret, step),
    `AWS4${keys.secretAccessKey}`,
  );
  const signature = hmac(key, toSign).toString('hex');
  const { host: _, ...sent } = all;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** A request before it is signed; header names in lower case. */
export interface SignedRequest {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly now: Date;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
