import type { BenchPlatform } from '../platform.ts';
import { startsOne } from './calls.ts';
import type { Built } from './languages.ts';

/** As many at a time as environments are started at a time on two processors. */
const STREAMS = 4;

/**
 * Clients that have environments started, one after the other each, on a platform that keeps none. A client's turns go to two
 * functions: while one of them starts, the environment that the other's invocation leaves can end before it is asked again.
 */
export class StartStreams {
  readonly #platform: BenchPlatform;

  private constructor(platform: BenchPlatform) {
    this.#platform = platform;
  }

  /** Deploys their functions. */
  static async open(built: Built, platform: BenchPlatform): Promise<StartStreams> {
    for (let stream = 0; stream < STREAMS; stream += 1) {
      for (const turn of [0, 1]) await built.deploy(platform, nameOf(stream, turn));
    }
    return new StartStreams(platform);
  }

  /** Has at least that many environments started. */
  async start(count: number): Promise<void> {
    let started = 0;
    const each = Array.from({ length: STREAMS }, async (_, stream) => {
      for (let turn = 0; started < count; turn += 1) {
        if (await startsOne(this.#platform, nameOf(stream, turn))) started += 1;
      }
    });
    await Promise.all(each);
  }
}

function nameOf(stream: number, turn: number): string {
  return `stream-${stream}-${turn % 2}`;
}
