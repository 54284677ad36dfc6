import { setTimeout as pause } from 'node:timers/promises';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { MappingReport } from '../../src/admin/mappings.ts';
import type { Status } from '../../src/admin/status.ts';
import { ensureQueue } from '../../src/deploy/trigger.ts';
import { rounded, type Figure } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';

const MESSAGES = 1000;
const LOOK_EVERY_MS = 50;

/** A thousand messages for a function of one second of which no environment is there: as fast as environments start, and no ramp. */
export async function ramp(progress: (line: string) => void): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  await platform.deploy('second', 'second', { timeoutS: 30 });
  const EventSourceArn = await ensureQueue(platform.queues, 'ramp', 30);
  const QueueUrl = `${platform.endpoint}/000000000000/ramp`;
  for (let sent = 0; sent < MESSAGES; sent += 10) {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `${n}`, MessageBody: `${sent + n}` }));
    await platform.queues.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  progress('dispatch: a thousand messages for a cold function');
  const beganMs = performance.now();
  await platform.functions.send(
    new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: 'second', BatchSize: 1 }),
  );
  let most = 0;
  let mostMs = 0;
  for (;;) {
    const [mapping] = (await ask(platform, 'mappings')) as readonly MappingReport[];
    const { environments, figures } = (await ask(platform, 'status')) as Status;
    if (environments.running > most) [most, mostMs] = [environments.running, performance.now() - beganMs];
    if (figures.messagesSettled >= MESSAGES) {
      const told = { target: 'told', kept: true };
      const cuts = mapping?.paceCuts ?? 0;
      return [
        {
          name: 'no ramp: 1,000 messages of 1 s, all',
          value: rounded((performance.now() - beganMs) / 1000),
          unit: 's',
          ...told,
        },
        { name: 'no ramp: environments at once, most', value: most, unit: '', ...told },
        {
          name: 'no ramp: starts a second until then',
          value: rounded((most * 1000) / mostMs),
          unit: '/s',
          ...told,
        },
        {
          name: 'no ramp: cuts of the pace',
          value: cuts,
          unit: '',
          target: '0: it is healthy',
          kept: cuts === 0,
        },
      ];
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function ask(platform: BenchPlatform, question: string): Promise<unknown> {
  return (await fetch(`${platform.endpoint}/_millrace/${question}`)).json();
}
