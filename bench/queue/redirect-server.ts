import { createServer } from 'node:http';

/** The least that `node:http` can do: every request is answered by the same redirect. */
const server = createServer((_request, response) => {
  response.writeHead(302, ['Location', '/elsewhere', 'Content-Length', '0']);
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
