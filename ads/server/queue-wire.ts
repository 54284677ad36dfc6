import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import { signedHeaders, signingKey, type SigningKeys } from '../click-processor/aws-signature.ts';

/** What a queue answered. */
export interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

/** A broker that does not answer in this time is taken to be away: then the spool is quicker. */
const PATIENCE_MS = 1000;
const CONNECTIONS = 32;

/**
 * Connections to a broker that stay open, for SQS's JSON protocol. The AWS SDK says the same with several times the
 * processor time, which is most of what a click costs (`decisions/0036-click-by-click.md`). It tries once: what fails is the spool's.
 */
export class QueueWire implements Disposable {
  readonly #endpoint: string | undefined;
  readonly #keys = keysOfEnvironment(process.env);
  #signing: { readonly day: string; readonly key: Buffer } = { day: '', key: Buffer.alloc(0) };
  readonly #agents = {
    'http:': new Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
    'https:': new SecureAgent({ keepAlive: true, maxSockets: CONNECTIONS }),
  };

  /** To the broker at `endpoint`; undefined: where the address of each queue says. */
  constructor(endpoint?: string) {
    this.#endpoint = endpoint;
  }

  /** Asks the broker of the queue at `queueUrl`. Rejects when no answer comes in time. */
  ask(queueUrl: string, action: string, parameters: object, patienceMs = PATIENCE_MS): Promise<WireAnswer> {
    const url = new URL('/', this.#endpoint ?? queueUrl);
    const body = JSON.stringify({ QueueUrl: queueUrl, ...parameters });
    const headers = signedHeaders(
      {
        ...{ url, body, now: new Date() },
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      },
      this.#keys,
      (day) => this.#keyOf(day),
    );
    const isSecure = url.protocol === 'https:';
    const options = {
      ...{ method: 'POST', agent: this.#agents[isSecure ? 'https:' : 'http:'] },
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    };
    const asked = (isSecure ? httpsRequest : httpRequest)(url, options);
    asked.end(body);
    return answerTo(asked, patienceMs);
  }

  #keyOf(day: string): Buffer {
    if (day !== this.#signing.day) this.#signing = { day, key: signingKey(day, this.#keys) };
    return this.#signing.key;
  }

  /** Connections that are idle are closed. */
  [Symbol.dispose](): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

function answerTo(asked: ClientRequest, patienceMs: number): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => asked.destroy(new Error('The broker did not answer in time.')),
      patienceMs,
    );
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    asked.on('error', fail).on('response', (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part)).on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
  });
}

function keysOfEnvironment(variables: NodeJS.ProcessEnv): SigningKeys {
  return {
    accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? 'ads',
    secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? 'ads-secret',
    sessionToken: variables['AWS_SESSION_TOKEN'],
    region: variables['AWS_REGION'] ?? 'us-east-1',
  };
}
