import { readFileSync } from 'node:fs';
import { BenchPlatform } from '../platform.ts';
import { JIFFIES_PER_S, jiffiesOf } from '../usage.ts';

/** The real program, started on a data directory that is there. */
export class Opened implements AsyncDisposable {
  readonly platform: BenchPlatform;
  /** From the start of the process to the first answers: attributes of a queue, and a receive from it. */
  readonly answeredMs: number;

  private constructor(platform: BenchPlatform, answeredMs: number) {
    this.platform = platform;
    this.answeredMs = answeredMs;
  }

  /** Resolves when both are answered. */
  static async on(path: string, queue: string): Promise<Opened> {
    const beganMs = performance.now();
    const platform = await BenchPlatform.start(['--data', path, '--isolation', 'bare']);
    const QueueUrl = urlOf(platform, queue);
    await ask(platform, 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    await ask(platform, 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
    return new Opened(platform, performance.now() - beganMs);
  }

  url(queue: string): string {
    return urlOf(this.platform, queue);
  }

  /** The answer of SQS. */
  ask(action: string, input: object): Promise<unknown> {
    return ask(this.platform, action, input);
  }

  /** The most memory that was ever resident, and what is now. */
  residentMb(): { readonly peak: number; readonly now: number } {
    const status = readFileSync(`/proc/${this.platform.child.pid}/status`, 'utf8');
    const mb = (name: string): number => {
      const kb = Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
      return (kb * 1024) / 1e6;
    };
    return { peak: mb('VmHWM'), now: mb('VmRSS') };
  }

  /** Processor time of the program so far. */
  cpuS(): number {
    return jiffiesOf(this.platform.child.pid ?? 0) / JIFFIES_PER_S;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.platform[Symbol.asyncDispose]();
  }
}

function urlOf({ endpoint }: BenchPlatform, queue: string): string {
  return `${endpoint}/000000000000/${queue}`;
}

async function ask({ endpoint }: BenchPlatform, action: string, input: object): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `AmazonSQS.${action}` },
    body: JSON.stringify(input),
  });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`${action}: ${answer}`);
  return answer === '' ? undefined : (JSON.parse(answer) as unknown);
}
