import { createHash, createHmac } from 'node:crypto';
import { canonicalRequest } from '../wire/canonical-request.ts';

/** In whose name a request is signed. */
export interface Signer {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What is asked; the platform's own door when not given. */
  readonly service?: string;
}

const SIGNED_HEADERS = ['host', 'x-amz-date'];

/** The headers of a GET, signed by Signature Version 4, as a platform with access keys demands. */
export function signedHeaders(url: URL, signer: Signer, nowMs: number): Record<string, string> {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), signer.region, signer.service ?? 'millrace', 'aws4_request'];
  const canonical = canonicalRequest({
    method: 'GET',
    path: url.pathname,
    query: url.search.slice(1),
    headers: { host: url.host, 'x-amz-date': time },
    signedHeaders: SIGNED_HEADERS,
    bodySha256: sha256(''),
  });
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope.join('/')}\n${sha256(canonical)}`;
  const key = scope.reduce<Buffer>(hmac, Buffer.from(`AWS4${signer.secretAccessKey}`));
  const credential = `Credential=${signer.accessKeyId}/${scope.join('/')}`;
  const signature = `Signature=${hmac(key, text).toString('hex')}`;
  return {
    'x-amz-date': time,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${SIGNED_HEADERS.join(';')}, ${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
