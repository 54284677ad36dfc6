import { connect } from 'node:net';

/**
 * A process of its own that lets many receives wait, each on a connection of its own: `poll-client.ts HOST PORT QUEUE_URL COUNT`.
 * Prints a line once every request has been written and a moment has passed, and waits to be ended.
 */
const [host = '', port = '', queueUrl = '', count = ''] = process.argv.slice(2);
const SETTLE_MS = 1500;

const payload = JSON.stringify({ QueueUrl: queueUrl, WaitTimeSeconds: 20 });
const request =
  `POST / HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/x-amz-json-1.0\r\n` +
  `X-Amz-Target: AmazonSQS.ReceiveMessage\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`;

for (let made = 0; made < Number(count); made += 1) {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(request, () => resolve()));
    socket.once('error', reject);
    socket.resume();
  });
}
setTimeout(() => process.stdout.write('waiting\n'), SETTLE_MS);
process.on('SIGTERM', () => process.exit(0));
