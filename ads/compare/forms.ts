import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { deployProcessor } from '../deploy/processor.ts';
import type { Ground } from './ground.ts';
import { commandOf, familyOf } from './processes.ts';

/** One form of the click processor. */
export interface Form {
  readonly name: string;
  /** From now on clicks are taken from the queue. */
  turnOn(): Promise<void>;
  /** From now on none are; those taken are finished. */
  turnOff(): Promise<void>;
  /** Its processes, without broker and database. */
  pids(): readonly number[];
  /** Kills what handles clicks now, and does what brings it back: nothing for a function. */
  kill(): Promise<void>;
}

/** The function: environments come and go below the platform. */
export async function functionForm(ground: Ground): Promise<Form> {
  const { clients, root, ledger, queue } = ground;
  await deployProcessor(clients, { root, ledger, clicks: queue });
  return mappedForm(ground);
}

/** A function that is deployed and mapped to the ground's queue. */
export function mappedForm(ground: Ground): Form {
  const { platform } = ground;
  const pids = (): readonly number[] => familyOf(platform.pid).slice(1);
  return {
    name: 'function',
    turnOn: () => setMapping(ground, true),
    turnOff: () => setMapping(ground, false),
    pids,
    kill: async () => {
      const runtimes = pids().filter(isRuntime);
      if (runtimes.length === 0) throw new Error('No environment runs that could be killed.');
      for (const pid of runtimes) kill(pid);
      return Promise.resolve();
    },
  };
}

/** The program of an environment, not what holds it. */
function isRuntime(pid: number): boolean {
  return commandOf(pid).some((word) => word.endsWith('bootstrap.cjs'));
}

async function setMapping({ clients: { lambda }, queue }: Ground, isOn: boolean): Promise<void> {
  const asked = new ListEventSourceMappingsCommand({ EventSourceArn: queue.arn });
  const { EventSourceMappings = [] } = await lambda.send(asked);
  for (const { UUID } of EventSourceMappings)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: isOn }));
  const wanted = isOn ? 'Enabled' : 'Disabled';
  while (!((await lambda.send(asked)).EventSourceMappings ?? []).every(({ State }) => State === wanted))
    await sleep(50);
}

/** The long-lived consumer, or another program that works as it does: a process that somebody must start, and start again. */
export function consumerForm(ground: Ground, command?: readonly string[]): Form {
  const { root, platform, queue, ledger } = ground;
  const words = command ?? [join(root, 'ads', 'consumer', 'main.ts')];
  let child: ChildProcess | undefined;
  const turnOn = (): Promise<void> => {
    const variables = { AWS_ENDPOINT_URL: platform.endpoint, QUEUE_URL: queue.url, DATABASE_URL: ledger.url };
    child = spawn(process.execPath, words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...variables },
    });
    return Promise.resolve();
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined) return;
    ending.kill(signal);
    await once(ending, 'exit');
  };
  return {
    name: 'long-lived consumer',
    turnOn,
    turnOff: () => end('SIGTERM'),
    pids: () => (child?.pid === undefined ? [] : familyOf(child.pid)),
    kill: async () => {
      await end('SIGKILL');
      await turnOn();
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
