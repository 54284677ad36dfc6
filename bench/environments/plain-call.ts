import { connect } from 'node:net';
import type { BenchPlatform } from '../platform.ts';

/**
 * How long a client waits for an answer that is no more than a socket: of a hundred requests at once `fetch` itself takes
 * as much as the platform's first steps, on the same processors.
 */
export function plainCallMs(platform: BenchPlatform, name: string, handlerMs: number): Promise<number> {
  const { hostname, port } = new URL(platform.endpoint);
  const body = JSON.stringify({ ms: handlerMs });
  const head = [
    `POST /2015-03-31/functions/${name}/invocations HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  return new Promise((resolve, reject) => {
    const beganMs = performance.now();
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`${name} was not answered: ${text}`)));
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!isWhole(text)) return;
      const tookMs = performance.now() - beganMs;
      if (isAnswer(text)) resolve(tookMs);
      else reject(new Error(`${name} failed: ${text}`));
      socket.destroy();
    });
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const sizeBytes = Number(/^content-length: (\d+)/im.exec(text)?.[1]);
  return end >= 0 && text.length >= end + 4 + sizeBytes;
}

function isAnswer(text: string): boolean {
  return text.startsWith('HTTP/1.1 200 ') && !/^x-amz-function-error:/im.test(text);
}
