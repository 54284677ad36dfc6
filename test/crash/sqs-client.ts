import { Agent, request } from 'node:http';

/** What came back: the answer's status and its JSON, or that the connection broke and nobody knows. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'broken' };

/** A bare client of the SQS JSON protocol over kept-alive connections. Never tries twice. */
export class SqsClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Asks once. */
  ask(action: string, input: object): Promise<Outcome> {
    const bytes = Buffer.from(JSON.stringify(input));
    return new Promise((resolve) => {
      const asking = request(
        {
          agent: this.#agent,
          port: this.#port,
          host: '127.0.0.1',
          method: 'POST',
          headers: headers(action, bytes),
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', () => resolve({ kind: 'broken' }));
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const body = (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
            resolve({ kind: 'answered', status: response.statusCode ?? 0, body });
          });
        },
      );
      asking.on('error', () => resolve({ kind: 'broken' }));
      asking.end(bytes);
    });
  }

  /** Asks, and throws unless the answer is a good one. */
  async demand(action: string, input: object): Promise<Readonly<Record<string, unknown>>> {
    const outcome = await this.ask(action, input);
    if (outcome.kind === 'answered' && outcome.status === 200) return outcome.body;
    throw new Error(`${action}: ${JSON.stringify(outcome)}`);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function headers(action: string, bytes: Buffer): Record<string, string | number> {
  return {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    'x-amz-target': `AmazonSQS.${action}`,
    authorization:
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
  };
}
