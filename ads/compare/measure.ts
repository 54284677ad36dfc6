import { setTimeout as sleep } from 'node:timers/promises';
import { ClickSource } from './click-source.ts';
import type { Form } from './forms.ts';
import type { Ground } from './ground.ts';
import { cpuSeconds, memoryMb } from './processes.ts';
import { recorded } from './recorded.ts';

/** How much is measured. */
export interface Amounts {
  readonly rate: number;
  readonly seconds: number;
  /** Clicks that wait when the form is turned on, to see how fast it can be. */
  readonly backlog: number;
  readonly idleSeconds: number;
}

/** What one form gave. */
export interface Measured {
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly clicksPerS: number;
  /** For a thousand clicks: of the form alone, and with broker and database. */
  readonly ownCpuS: number;
  readonly wholeCpuS: number;
  /** While nothing comes, at the end of the idle time. */
  readonly idleProcesses: number;
  readonly idleMemoryMb: number;
  /** Of the idle time, in seconds. */
  readonly idleCpuS: number;
  /** The longest that a click waited when the form was killed among them. */
  readonly recoveryMs: number;
  /** One click after the idle time. */
  readonly wakeMs: number;
  readonly notBilled: number;
}

/** Measures one form on its ground, step by step. */
export async function measure(
  ground: Ground,
  form: Form,
  amounts: Amounts,
  say: (step: string) => void,
): Promise<Measured> {
  const source = new ClickSource(ground);
  const { rate, seconds } = amounts;
  await form.turnOn();
  await recorded(ground, await source.post(100, rate), 100);
  say(`${form.name}: ${rate} clicks a second`);
  const steady = await recorded(ground, await source.post(rate * seconds, rate), rate * seconds);
  say(`${form.name}: as fast as it goes`);
  const speed = await fastest(ground, form, source, amounts.backlog);
  say(`${form.name}: killed among clicks`);
  const killed = await killedAmongClicks(ground, form, source, rate);
  say(`${form.name}: idle for ${amounts.idleSeconds} s`);
  const idle = await idling(form, amounts.idleSeconds);
  const woken = await recorded(ground, await source.post(1), 1);
  await form.turnOff();
  return {
    ...{ name: form.name, p50Ms: steady.p50Ms, p99Ms: steady.p99Ms, ...speed, ...idle },
    ...{ recoveryMs: killed.mostMs, wakeMs: woken.mostMs },
    notBilled: [steady, killed, woken].reduce((sum, one) => sum + one.clicks - one.billed, 0),
  };
}

/** All clicks wait before the form is turned on, so neither their posting nor its start is measured. */
async function fastest(
  ground: Ground,
  form: Form,
  source: ClickSource,
  backlog: number,
): Promise<Pick<Measured, 'clicksPerS' | 'ownCpuS' | 'wholeCpuS'>> {
  await form.turnOff();
  const run = await source.post(backlog);
  await form.turnOn();
  await recorded(ground, run, 1);
  const [own, others] = [cpuSeconds(form.pids()), cpuSeconds(othersOf(ground))];
  const left = backlog - (await countOf(ground, run));
  const { seconds } = await recorded(ground, run, backlog);
  const ownCpuS = cpuSeconds(form.pids()) - own;
  const wholeCpuS = ownCpuS + cpuSeconds(othersOf(ground)) - others;
  const thousands = Math.max(1, left) / 1000;
  return { clicksPerS: backlog / seconds, ownCpuS: ownCpuS / thousands, wholeCpuS: wholeCpuS / thousands };
}

/** Broker and database. */
function othersOf(ground: Ground): readonly number[] {
  return [ground.platform.pid, ...ground.databasePids()];
}

async function countOf({ ledger }: Ground, serverId: string): Promise<number> {
  const [row] = await ledger.sql<{ clicks: string }[]>`
    SELECT count(*) AS clicks FROM click WHERE server_id = ${serverId}`;
  return Number(row?.clicks ?? 0);
}

const KILL_AFTER_MS = 2000;
const KILL_SECONDS = 5;

async function killedAmongClicks(
  ground: Ground,
  form: Form,
  source: ClickSource,
  rate: number,
): ReturnType<typeof recorded> {
  const count = rate * KILL_SECONDS;
  const [run] = await Promise.all([source.post(count, rate), sleep(KILL_AFTER_MS).then(() => form.kill())]);
  return recorded(ground, run, count);
}

async function idling(
  form: Form,
  idleSeconds: number,
): Promise<Pick<Measured, 'idleProcesses' | 'idleMemoryMb' | 'idleCpuS'>> {
  const before = cpuSeconds(form.pids());
  await sleep(idleSeconds * 1000);
  const pids = form.pids();
  return {
    idleProcesses: pids.length,
    idleMemoryMb: memoryMb(pids),
    idleCpuS: Math.max(0, cpuSeconds(pids) - before),
  };
}
