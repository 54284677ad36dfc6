import assert from 'node:assert/strict';
import type { RequestId } from '../../base/ids.ts';
import type { Caller } from '../caller.ts';
import type { WireRequest } from '../door.ts';
import { BrokerDouble } from './broker-double.ts';
import { SqsJsonDoor } from './json-door.ts';

/** What came back, its body read. */
export interface Called {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly output: Readonly<Record<string, unknown>>;
}

const CALLER: Caller = { account: '000000000000', region: 'us-east-1', accessKeyId: 'AKID' };

/** The SQS door over a broker for tests, called without a network. */
export class DoorUnderTest {
  readonly broker = new BrokerDouble();
  readonly door = new SqsJsonDoor({ broker: this.broker });
  readonly hungUp = new AbortController();
  caller: Caller = CALLER;

  /** Sends an action with this input; a text or bytes go as they are. */
  async call(action: string, input: unknown = {}): Promise<Called> {
    const request = this.#request(action, bodyOf(input));
    const answer = await this.door.handle(request, this.caller);
    const pairs: [string, string][] = [];
    for (let at = 0; at < answer.headers.length; at += 2) {
      pairs.push([answer.headers[at] ?? '', answer.headers[at + 1] ?? '']);
    }
    const text = Buffer.from(answer.body).toString();
    const output = (text === '' ? {} : JSON.parse(text)) as Called['output'];
    return { status: answer.status, headers: Object.fromEntries(pairs), text, output };
  }

  /** Sends an action that must succeed; answers its output. */
  async done(action: string, input: unknown = {}): Promise<Called['output']> {
    const called = await this.call(action, input);
    assert.equal(called.status, 200, called.text);
    return called.output;
  }

  /** Sends an action that must be refused; answers `CODE: message`, CODE as older clients see it. */
  async refused(action: string, input: unknown): Promise<string> {
    const called = await this.call(action, input);
    assert.notEqual(called.status, 200, called.text);
    assert.notEqual(called.status, 500, called.text);
    const code = called.headers['x-amzn-query-error']?.split(';')[0] ?? '';
    return `${code}: ${String(called.output['message'])}`;
  }

  /** Makes a queue; answers its URL. */
  async queue(name = 'q', attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const { QueueUrl } = await this.done('CreateQueue', { QueueName: name, Attributes: attributes });
    return String(QueueUrl);
  }

  #request(action: string, body: Buffer): WireRequest {
    return {
      requestId: 'r' as RequestId,
      method: 'POST',
      path: '/',
      query: '',
      headers: { host: 'localhost:4566', 'x-amz-target': `AmazonSQS.${action}` },
      body,
      signal: this.hungUp.signal,
    };
  }
}

function bodyOf(input: unknown): Buffer {
  if (typeof input === 'string' || input instanceof Uint8Array) return Buffer.from(input as string);
  return Buffer.from(JSON.stringify(input));
}
