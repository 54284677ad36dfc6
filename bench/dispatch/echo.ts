import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame, FRAME, FrameReader } from '../../src/environment/frames.ts';

const META = {
  requestId: '01234567-89ab-4cde-8f01-23456789abcd',
  functionArn: 'arn',
  deadlineMs: 1,
  remainingMs: 1,
};
const LARGEST_BYTES = 1_000_000;
/** About an event with one record of 200 bytes. */
const EVENT_BYTES = 700;

/**
 * The floor of a dispatch: frames with an event each over Unix sockets to as many Node processes, one in flight on each, which answer at
 * once. Round trips a second.
 */
export async function framedEchoRate(processes: number, seconds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-echo-'));
  const path = join(folder, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const program = new URL('echo-server.cjs', import.meta.url).pathname;
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, [program, path], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const sockets: Socket[] = [];
  while (sockets.length < processes) sockets.push(...((await once(server, 'connection')) as Socket[]));
  const event = Buffer.from(JSON.stringify({ Records: ['x'.repeat(EVENT_BYTES)] }));
  let trips = 0;
  for (const socket of sockets) {
    const reader = new FrameReader(LARGEST_BYTES);
    const ask = (): void => void socket.write(encodeFrame(FRAME.invoke, META, event));
    socket.on('data', (chunk: Buffer) => {
      for (const _ of reader.read(chunk) ?? []) {
        trips += 1;
        ask();
      }
    });
    socket.on('error', () => undefined); // The process on the other side was ended.
    ask();
  }
  const wait = (durationMs: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, durationMs));
  await wait(1000);
  const [beganMs, before] = [performance.now(), trips];
  await wait(seconds * 1000);
  const rate = ((trips - before) * 1000) / (performance.now() - beganMs);
  for (const child of children) child.kill();
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(folder, { recursive: true });
  return rate;
}
