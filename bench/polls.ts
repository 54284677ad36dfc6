import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import type { Bench } from './figure.ts';
import { BenchPlatform } from './platform.ts';
import { usage } from './usage.ts';

const POLLS = 10_000;

/** Memory of the whole program while many receives wait for a message that does not come. */
export const polls: Bench = {
  name: 'polls',
  what: 'memory of 10,000 receives that wait',
  async run({ progress, tell }) {
    await using platform = await BenchPlatform.start();
    const queueUrl =
      (await platform.queues.send(new CreateQueueCommand({ QueueName: 'bench' }))).QueueUrl ?? '';
    const before = usage(platform).pssMb;
    progress(`polls: opening ${POLLS} connections`);
    const program = new URL('poll-client.ts', import.meta.url).pathname;
    const { hostname, port } = new URL(platform.endpoint);
    const client = spawn(process.execPath, [program, hostname, port, queueUrl, String(POLLS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface({ input: client.stdout }), 'line');
    const above = Math.round(usage(platform).pssMb - before);
    client.kill('SIGTERM');
    await once(client, 'exit');
    tell([
      {
        ...{ name: `${POLLS} waiting receives, above idle`, value: above, unit: 'MB' },
        ...{ target: '<= 200 MB', kept: above <= 200 },
      },
    ]);
  },
};
