import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `holds` answers true; errors count as no. Rejects after `patienceMs`. */
export async function until(what: string, holds: () => Promise<boolean>, patienceMs: number): Promise<void> {
  await untilNothing(async () => ((await holds().catch(() => false)) ? undefined : what), patienceMs);
}

/** Waits until `left` answers undefined: until then it says what there is still to wait for. Rejects after `patienceMs`. */
export async function untilNothing(
  left: () => Promise<string | undefined>,
  patienceMs: number,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const said = await left().catch((error: unknown) => String(error));
    if (said === undefined) return;
    if (performance.now() > deadline) throw new Error(`Waited ${patienceMs / 1000} s in vain: ${said}.`);
    await sleep(50);
  }
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
