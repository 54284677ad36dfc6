import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../ads/platform/free-port.ts';
import { serve, type Peer } from '../peers/serve.ts';
import { Amqp, isMethod, longText, shortText, u16, u32, u64, u8 } from './amqp.ts';
import { unpacked, type Unpacked } from './debian.ts';
import type { OtherConnection, OtherQueue } from './other-queue.ts';

const QUEUE = 'jobs';
const PREFETCH = 10;

/** RabbitMQ with one quorum queue, which syncs every message before it confirms it. */
export async function startRabbitMq(): Promise<OtherQueue> {
  const root = await unpacked('rabbitmq-server');
  const parts = new AsyncDisposableStack();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-rabbitmq-'));
    parts.defer(() => rmSync(folder, { recursive: true, force: true }));
    const env = { ...variables(root, folder), ERL_EPMD_PORT: `${await freePort()}` };
    const names = spawn(join(root.path, 'usr/lib/erlang/bin/epmd'), [], { env, stdio: 'ignore' });
    parts.defer(() => void names.kill('SIGKILL'));
    const port = await freePort();
    const server = parts.use(await serveBroker(root, folder, env, port));
    await declare(port);
    return {
      ...{ name: 'RabbitMQ quorum queue', pid: server.pid },
      connect: () => RabbitMq.to(port),
      [Symbol.asyncDispose]: () => parts.disposeAsync(),
    };
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function serveBroker(
  root: Unpacked,
  folder: string,
  env: Readonly<Record<string, string>>,
  port: number,
): Promise<Peer> {
  const scripts = join(root.path, 'usr/lib/rabbitmq/lib');
  const [release = ''] = readdirSync(scripts);
  const ports = { RABBITMQ_NODE_PORT: `${port}`, RABBITMQ_DIST_PORT: `${await freePort()}` };
  return serve(
    {
      ...{ name: 'RabbitMQ', protocol: 'json', cwd: folder, command: 'sh', patienceS: 120 },
      ...{ words: [join(scripts, release, 'sbin/rabbitmq-server')], variables: { ...env, ...ports } },
    },
    port,
  );
}

async function declare(port: number): Promise<void> {
  const first = await Amqp.to(port);
  const kind = Buffer.concat([shortText('x-queue-type'), Buffer.from('S'), longText('quorum')]);
  first.say('queueDeclare', [u16(0), shortText(QUEUE), u8(0b10), u32(kind.length), kind]);
  await first.expect('queueDeclareOk');
  first.end();
}

function variables(root: Unpacked, folder: string): Readonly<Record<string, string>> {
  const erlang = join(root.path, 'usr/lib/erlang');
  return {
    ...{
      ...root.variables,
      MOVED_ERLANG: erlang,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      HOME: folder,
      RABBITMQ_LOGS: '-',
    },
    PATH: `${join(erlang, 'bin')}:${process.env['PATH']}`,
    ...{ RABBITMQ_NODENAME: 'bench@localhost', RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1' },
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ...{ RABBITMQ_MNESIA_BASE: join(folder, 'data'), RABBITMQ_LOG_BASE: join(folder, 'log') },
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    ...{ RABBITMQ_CONFIG_FILE: join(folder, 'none'), RABBITMQ_CONF_ENV_FILE: join(folder, 'none') },
  };
}

/** Messages come by themselves, ten ahead at most; AMQP does not answer an acknowledgement. */
class RabbitMq implements OtherConnection {
  readonly #amqp: Amqp;
  #published = 0;
  readonly #unconfirmed = new Set<number>();
  #delivered = 0;
  #acknowledged = 0;

  private constructor(amqp: Amqp) {
    this.#amqp = amqp;
  }

  static async to(port: number): Promise<RabbitMq> {
    const amqp = await Amqp.to(port);
    amqp.say('confirmSelect', [u8(0)]);
    await amqp.expect('confirmSelectOk');
    amqp.say('basicQos', [u32(0), u16(PREFETCH), u8(0)]);
    await amqp.expect('basicQosOk');
    amqp.say('basicConsume', [u16(0), shortText(QUEUE), shortText(''), u8(0), u32(0)]);
    await amqp.expect('basicConsumeOk');
    return new RabbitMq(amqp);
  }

  async cycle(bodies: readonly string[]): Promise<number> {
    this.#amqp.publish(QUEUE, bodies);
    for (const _ of bodies) this.#unconfirmed.add((this.#published += 1));
    const before = this.#delivered;
    while (this.#unconfirmed.size > 0) {
      const heard = await this.#amqp.hear();
      if (isMethod(heard, 'basicAck')) this.#confirm(heard.bytes);
      if (isMethod(heard, 'basicNack')) throw new Error('RabbitMQ did not accept a message');
      if (isMethod(heard, 'channelClose')) throw new Error(`RabbitMQ: ${heard.bytes.toString('latin1', 7)}`);
      if (isMethod(heard, 'basicDeliver')) this.#delivered += 1;
      // What follows a delivery is its head and its body: with the body it is whole.
      if (heard.kind === 3 && this.#delivered - this.#acknowledged >= PREFETCH / 2) this.#acknowledge();
    }
    this.#acknowledge();
    return this.#delivered - before;
  }

  end(): void {
    this.#amqp.end();
  }

  /** One message, or all up to it. They come in any order. */
  #confirm(bytes: Buffer): void {
    const tag = Number(bytes.readBigUInt64BE(4));
    if (bytes.readUInt8(12) === 0) this.#unconfirmed.delete(tag);
    else for (const each of this.#unconfirmed) if (each <= tag) this.#unconfirmed.delete(each);
  }

  /** A delivery that is acknowledged twice is unknown, and closes the channel. */
  #acknowledge(): void {
    if (this.#delivered === this.#acknowledged) return;
    this.#amqp.say('basicAck', [u64(this.#delivered), u8(1)]);
    this.#acknowledged = this.#delivered;
  }
}
