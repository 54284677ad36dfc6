import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../ads/platform/free-port.ts';
import { serve } from '../peers/serve.ts';
import { ByteLine } from './byte-line.ts';
import { unpacked } from './debian.ts';
import type { OtherConnection, OtherQueue } from './other-queue.ts';

const STREAM = 'jobs';
const GROUP = 'workers';

/** Redis Streams with a consumer group, every write synced (`appendfsync always`). */
export async function startRedis(): Promise<OtherQueue> {
  const root = await unpacked('redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-redis-'));
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    port,
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
  };
  const server = await serve(
    {
      ...{ name: 'Redis', protocol: 'json', cwd: folder, command: join(root.path, 'usr/bin/redis-server') },
      words: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      variables: root.variables,
    },
    port,
  );
  const first = new Redis(await ByteLine.to(port), 'first');
  await first.ask(['XGROUP', 'CREATE', STREAM, GROUP, '0', 'MKSTREAM']);
  first.end();
  let number = 0;
  return {
    ...{ name: 'Redis Streams, appendfsync always', pid: server.pid },
    connect: async () => new Redis(await ByteLine.to(port), `worker-${(number += 1)}`),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Reply = string | null | readonly Reply[];

class Redis implements OtherConnection {
  readonly #line: ByteLine;
  readonly #name: string;

  constructor(line: ByteLine, name: string) {
    this.#line = line;
    this.#name = name;
  }

  async cycle(bodies: readonly string[]): Promise<number> {
    await this.#all(bodies.map((body) => ['XADD', STREAM, '*', 'body', body]));
    const count = String(bodies.length);
    const read = ['XREADGROUP', 'GROUP', GROUP, this.#name, 'COUNT', count, 'STREAMS', STREAM, '>'];
    const streams = (await this.ask(read)) as readonly [string, readonly [string, Reply][]][] | null;
    const ids = (streams?.[0]?.[1] ?? []).map(([id]) => id);
    if (ids.length > 0)
      await this.#all([
        ['XACK', STREAM, GROUP, ...ids],
        ['XDEL', STREAM, ...ids],
      ]);
    return ids.length;
  }

  async ask(words: readonly string[]): Promise<Reply> {
    const [reply = null] = await this.#all([words]);
    return reply;
  }

  end(): void {
    this.#line.end();
  }

  /** Asks all of it at once. */
  async #all(commands: readonly (readonly string[])[]): Promise<Reply[]> {
    this.#line.write(commands.map(written).join(''));
    const replies: Reply[] = [];
    for (const _ of commands) replies.push(await this.#reply());
    return replies;
  }

  async #reply(): Promise<Reply> {
    const line = await this.#line.line();
    const [kind, rest] = [line[0], line.slice(1)];
    if (kind === '-') throw new Error(rest);
    if (kind === '+' || kind === ':') return rest;
    if (rest === '-1') return null;
    if (kind === '$') return (await this.#line.take(Number(rest) + 2)).toString('utf8', 0, Number(rest));
    const items: Reply[] = [];
    for (let left = Number(rest); left > 0; left -= 1) items.push(await this.#reply());
    return items;
  }
}

function written(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
