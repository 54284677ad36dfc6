import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** The calibration: SendMessage of the same protocol, read and answered, with no law and no store behind it. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const input = JSON.parse(Buffer.concat(chunks).toString()) as { MessageBody?: string };
    const md5 = createHash('md5')
      .update(input.MessageBody ?? '')
      .digest('hex');
    const body = JSON.stringify({ MessageId: randomUUID(), MD5OfMessageBody: md5 });
    response.writeHead(200, [
      ...['Content-Type', 'application/x-amz-json-1.0', 'x-amzn-RequestId', randomUUID()],
      ...['Content-Length', String(Buffer.byteLength(body))],
    ]);
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
