import { ByteLine } from './byte-line.ts';

/** Methods of AMQP 0-9-1 by class and number. */
export const METHODS = {
  connectionStart: [10, 10],
  connectionStartOk: [10, 11],
  connectionTune: [10, 30],
  connectionTuneOk: [10, 31],
  connectionOpen: [10, 40],
  connectionOpenOk: [10, 41],
  channelOpen: [20, 10],
  channelOpenOk: [20, 11],
  channelClose: [20, 40],
  queueDeclare: [50, 10],
  queueDeclareOk: [50, 11],
  confirmSelect: [85, 10],
  confirmSelectOk: [85, 11],
  basicQos: [60, 10],
  basicQosOk: [60, 11],
  basicConsume: [60, 20],
  basicConsumeOk: [60, 21],
  basicPublish: [60, 40],
  basicDeliver: [60, 60],
  basicAck: [60, 80],
  basicNack: [60, 120],
} as const;

type Method = keyof typeof METHODS;

const FRAME_END = 0xce;
const FRAME_BYTES = 131_072;
const BASIC = 60;
/** Of the properties of a message only its delivery mode is given: 2, kept on the disk. */
const DELIVERY_MODE = 0x1000;

/** A frame: of a method (1), a message's head (2) or its body (3). */
export interface Frame {
  readonly kind: number;
  readonly bytes: Buffer;
}

/** A connection with one channel, as far as one queue needs it. */
export class Amqp {
  readonly #line: ByteLine;

  private constructor(line: ByteLine) {
    this.#line = line;
  }

  /** Connects as the guest that a fresh broker lets in from its own machine. */
  static async to(port: number): Promise<Amqp> {
    const amqp = new Amqp(await ByteLine.to(port));
    amqp.#line.write(Buffer.from('AMQP\u0000\u0000\u0009\u0001', 'latin1'));
    await amqp.expect('connectionStart');
    const login = [u32(0), shortText('PLAIN'), longText('\u0000guest\u0000guest'), shortText('en_US')];
    amqp.say('connectionStartOk', login, 0);
    await amqp.expect('connectionTune');
    amqp.say('connectionTuneOk', [u16(1), u32(FRAME_BYTES), u16(0)], 0);
    amqp.say('connectionOpen', [shortText('/'), shortText(''), u8(0)], 0);
    await amqp.expect('connectionOpenOk');
    amqp.say('channelOpen', [shortText('')]);
    await amqp.expect('channelOpenOk');
    return amqp;
  }

  say(method: Method, fields: readonly Buffer[], channel = 1): void {
    this.#line.write(methodFrame(method, fields, channel));
  }

  /** Publishes messages to a queue, all in one piece. */
  publish(queue: string, bodies: readonly string[]): void {
    const frames = bodies.flatMap((text) => {
      const body = Buffer.from(text);
      const head = [u16(BASIC), u16(0), u64(body.length), u16(DELIVERY_MODE), u8(2)];
      const method = methodFrame('basicPublish', [u16(0), shortText(''), shortText(queue), u8(0)], 1);
      return [method, frame(2, 1, Buffer.concat(head)), frame(3, 1, body)];
    });
    this.#line.write(Buffer.concat(frames));
  }

  async hear(): Promise<Frame> {
    const head = await this.#line.take(7);
    const size = head.readUInt32BE(3);
    const bytes = (await this.#line.take(size + 1)).subarray(0, size);
    return { kind: head.readUInt8(0), bytes };
  }

  /** The next frame, which must be this method. */
  async expect(method: Method): Promise<void> {
    const heard = await this.hear();
    if (!isMethod(heard, method)) throw new Error(`not ${method}: ${heard.bytes.toString('latin1')}`);
  }

  end(): void {
    this.#line.end();
  }
}

/** True when a frame is this method. */
export function isMethod({ kind, bytes }: Frame, method: Method): boolean {
  const [inClass, number] = METHODS[method];
  return kind === 1 && bytes.readUInt16BE(0) === inClass && bytes.readUInt16BE(2) === number;
}

function methodFrame(method: Method, fields: readonly Buffer[], channel: number): Buffer {
  const [inClass, number] = METHODS[method];
  return frame(1, channel, Buffer.concat([u16(inClass), u16(number), ...fields]));
}

function frame(kind: number, channel: number, bytes: Buffer): Buffer {
  return Buffer.concat([u8(kind), u16(channel), u32(bytes.length), bytes, u8(FRAME_END)]);
}

export function u8(value: number): Buffer {
  return Buffer.from([value]);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export function shortText(text: string): Buffer {
  return Buffer.concat([u8(Buffer.byteLength(text)), Buffer.from(text)]);
}

export function longText(text: string): Buffer {
  return Buffer.concat([u32(Buffer.byteLength(text)), Buffer.from(text)]);
}
