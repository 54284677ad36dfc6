import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ECHO = "const s = require('net').connect(process.argv[1]); s.on('data', (chunk) => s.write(chunk));";

/**
 * The floor of a warm invocation: round trips of some bytes over a Unix socket to another Node process, in ms. Between two of
 * them passes the same time as between two invocations, if any: who sleeps that long takes as long to wake.
 */
export async function echoTimesMs(count: number, gapMs: number): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-echo-'));
  const server = createServer();
  server.listen(join(folder, 'socket'));
  await once(server, 'listening');
  const child = spawn(process.execPath, ['-e', ECHO, join(folder, 'socket')], { stdio: 'ignore' });
  const [socket] = (await once(server, 'connection')) as [Socket];
  const times: number[] = [];
  for (let trip = 0; trip < count; trip += 1) {
    if (gapMs > 0) await pause(gapMs);
    const beganMs = performance.now();
    socket.write('{"ms":0}');
    await once(socket, 'data');
    times.push(performance.now() - beganMs);
  }
  socket.destroy();
  server.close();
  child.kill();
  rmSync(folder, { recursive: true });
  return times;
}
