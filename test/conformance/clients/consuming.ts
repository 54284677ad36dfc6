import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A message as sqs-consumer hands it over. */
export interface Consumed {
  readonly Body: string;
  readonly Attributes: { readonly ApproximateReceiveCount: string };
}

interface Consumer extends EventEmitter {
  start(): void;
  stop(options?: { readonly abort: boolean }): void;
}

interface Producer {
  send(messages: readonly object[]): Promise<readonly unknown[]>;
  queueSize(): Promise<number>;
}

type Settings = Readonly<Record<string, unknown>>;

/** As far as they are used here. */
interface Modules {
  readonly Consumer: { create(settings: Settings): Consumer };
  readonly Producer: { create(settings: Settings): Producer };
}

/** sqs-consumer and sqs-producer, from a folder that npm has filled. */
export function consuming(folder: string): Modules {
  const from = createRequire(join(folder, 'package.json'));
  return { ...(from('sqs-consumer') as Modules), ...(from('sqs-producer') as Modules) };
}
