import { setTimeout as sleep } from 'node:timers/promises';

/** Takes a second. */
export async function handler() {
  await sleep(1000);
  return {};
}
