import { setTimeout as sleep } from 'node:timers/promises';

/** Takes as long as the event says. */
export async function handler(event) {
  await sleep(event.ms ?? 0);
  return {};
}
