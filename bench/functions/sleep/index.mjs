import { setTimeout as sleep } from 'node:timers/promises';

/** Takes as long as the event says; a timer of 0 ms would take one. */
export async function handler(event) {
  if (event.ms > 0) await sleep(event.ms);
  return {};
}
