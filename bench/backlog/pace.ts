import { median } from '../figure.ts';
import { cycle } from './cycles.ts';
import type { Filling } from './filling.ts';
import type { Opened } from './opened.ts';

const PAIRS = 5;
const SECONDS = 5;
const CONNECTIONS = 32;

/** What clients got in one stretch of time. */
export interface Stretch {
  readonly perS: number;
  /** Processor time of the program for one message. */
  readonly cpuUs: number;
}

/** Full cycles of ten messages on a queue with a backlog, and on an empty one of the same program. */
export class Pace {
  readonly #opened: Opened;
  readonly #filling: Filling;
  readonly #emptyName: string;

  private constructor(opened: Opened, filling: Filling) {
    this.#opened = opened;
    this.#filling = filling;
    this.#emptyName = filling.isFifo ? 'empty.fifo' : 'empty';
  }

  /** Makes the empty queue, and warms the program up. */
  static async of(opened: Opened, filling: Filling): Promise<Pace> {
    const pace = new Pace(opened, filling);
    const Attributes = filling.isFifo ? { FifoQueue: 'true' } : {};
    await opened.ask('CreateQueue', { QueueName: pace.#emptyName, Attributes });
    await pace.empty();
    return pace;
  }

  /** By turns. The ratio is of processor time for each message: how busy the machine is otherwise does not matter. */
  async pairs(
    progress: (line: string) => void,
    what: string,
  ): Promise<{ readonly rate: number; readonly floor: number; readonly ratio: number }> {
    const [empty, beside]: [Stretch[], Stretch[]] = [[], []];
    progress(`backlog: ${what}: warming up`);
    for (const stretch of ['beside', 'empty', 'beside'] as const) await this[stretch]();
    for (let pair = 1; pair <= PAIRS; pair += 1) {
      progress(`backlog: ${what}: cycles, pair ${pair} of ${PAIRS}`);
      empty.push(await this.empty());
      beside.push(await this.beside());
    }
    const ratio = median(empty.map(({ cpuUs }, pair) => cpuUs / (beside[pair]?.cpuUs ?? Number.NaN)));
    const perS = (each: Stretch): number => each.perS;
    return { rate: median(beside.map(perS)), floor: median(empty.map(perS)), ratio };
  }

  /** On the empty queue. */
  empty(): Promise<Stretch> {
    return this.on(this.#emptyName);
  }

  /** On the queue with the backlog. */
  beside(): Promise<Stretch> {
    return this.on(this.#filling.queue);
  }

  /** On this queue, or in turns on so many of this name and their numbers. */
  async on(queue: string, queues = 1): Promise<Stretch> {
    const { bodyBytes, isFifo, groups } = this.#filling;
    const before = this.#opened.cpuS();
    const { deleted, seconds } = await cycle({
      endpoint: this.#opened.platform.endpoint,
      ...{ queueUrl: this.#opened.url(queue), queues },
      ...{ connections: CONNECTIONS, seconds: SECONDS, bodyBytes, sends: true, isFifo, groups },
    });
    if (deleted === 0) throw new Error('nothing was received');
    return { perS: deleted / seconds, cpuUs: ((this.#opened.cpuS() - before) * 1e6) / deleted };
  }
}
