import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../ads/platform/free-port.ts';
import { fetched, need } from '../peers/fetch.ts';
import { serve } from '../peers/serve.ts';
import { ByteLine } from './byte-line.ts';
import type { OtherConnection, OtherQueue } from './other-queue.ts';

const SUBJECT = 'jobs';
const CONSUMER = 'workers';

/** NATS JetStream: a work queue in a file, every write synced (`sync_interval: always`). */
export async function startNats(): Promise<OtherQueue> {
  const built = await fetched('nats-2.15.2', async (part) => {
    cpSync(new URL('../peers/nats', import.meta.url).pathname, part, { recursive: true });
    await need('go', ['build', '-o', 'nats-server', 'github.com/nats-io/nats-server/v2'], {
      cwd: part,
    });
  });
  const folder = mkdtempSync(join(tmpdir(), 'millrace-nats-'));
  const port = await freePort();
  const settings = `host: 127.0.0.1\nport: ${port}\njetstream { store_dir: "${folder}", sync_interval: always }\n`;
  writeFileSync(join(folder, 'nats.conf'), settings);
  const server = await serve(
    {
      ...{ name: 'NATS', protocol: 'json', cwd: folder, words: ['-c', join(folder, 'nats.conf')] },
      command: join(built, 'nats-server'),
    },
    port,
  );
  await prepare(port);
  return {
    ...{ name: 'NATS JetStream, sync_interval always', pid: server.pid },
    connect: () => Nats.to(port),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function prepare(port: number): Promise<void> {
  const first = await Nats.to(port);
  const stream = { name: SUBJECT, subjects: [SUBJECT], retention: 'workqueue', storage: 'file' };
  await first.ask(`$JS.API.STREAM.CREATE.${SUBJECT}`, stream);
  const config = { durable_name: CONSUMER, ack_policy: 'explicit', max_ack_pending: 10_000 };
  const consumer = { stream_name: SUBJECT, config };
  await first.ask(`$JS.API.CONSUMER.DURABLE.CREATE.${SUBJECT}.${CONSUMER}`, consumer);
  first.end();
}

/** One answer or message. */
interface Heard {
  /** Where an acknowledgement goes; undefined for an answer. */
  readonly reply: string | undefined;
  /** A status, as when nothing is there. */
  readonly isStatus: boolean;
  readonly text: string;
}

class Nats implements OtherConnection {
  readonly #line: ByteLine;
  readonly #inbox = `_INBOX.${crypto.randomUUID()}`;

  private constructor(line: ByteLine) {
    this.#line = line;
  }

  static async to(port: number): Promise<Nats> {
    const nats = new Nats(await ByteLine.to(port));
    const options = { verbose: false, pedantic: false, headers: true, no_responders: true, lang: 'bench' };
    nats.#line.write(`CONNECT ${JSON.stringify(options)}\r\nSUB ${nats.#inbox} 1\r\n`);
    return nats;
  }

  async cycle(bodies: readonly string[]): Promise<number> {
    this.#line.write(bodies.map((body) => this.#publish(SUBJECT, body)).join(''));
    for (const _ of bodies) noError(await this.#hear());
    const asked = JSON.stringify({ batch: bodies.length, no_wait: true });
    this.#line.write(this.#publish(`$JS.API.CONSUMER.MSG.NEXT.${SUBJECT}.${CONSUMER}`, asked));
    const replies: string[] = [];
    while (replies.length < bodies.length) {
      const { reply, isStatus } = await this.#hear();
      if (isStatus) break;
      if (reply !== undefined) replies.push(reply);
    }
    this.#line.write(replies.map((reply) => this.#publish(reply, '+ACK')).join(''));
    for (const _ of replies) await this.#hear();
    return replies.length;
  }

  async ask(subject: string, what: object): Promise<void> {
    this.#line.write(this.#publish(subject, JSON.stringify(what)));
    noError(await this.#hear());
  }

  end(): void {
    this.#line.end();
  }

  #publish(subject: string, text: string): string {
    return `PUB ${subject} ${this.#inbox} ${Buffer.byteLength(text)}\r\n${text}\r\n`;
  }

  async #hear(): Promise<Heard> {
    for (;;) {
      const [kind = '', ...words] = (await this.#line.line()).split(' ');
      if (kind === 'PING') this.#line.write('PONG\r\n');
      if (kind === '-ERR') throw new Error(words.join(' '));
      if (kind !== 'MSG' && kind !== 'HMSG') continue;
      const sizeBytes = Number(words.at(-1));
      const bytes = await this.#line.take(sizeBytes + 2);
      const hasReply = words.length === (kind === 'MSG' ? 4 : 5);
      const text = bytes.toString('utf8', 0, sizeBytes);
      return { reply: hasReply ? words[2] : undefined, isStatus: kind === 'HMSG', text };
    }
  }
}

function noError({ text }: Heard): void {
  if (text.includes('"error"')) throw new Error(text);
}
