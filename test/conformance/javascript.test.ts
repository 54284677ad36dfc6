import { after, test } from 'node:test';
import { runCase, sqsCases } from './cases.ts';
import { javascriptClient } from './clients/javascript.ts';
import { startEndpoint } from './endpoint.ts';

const endpoint = await startEndpoint();
after(() => endpoint[Symbol.asyncDispose]());

for (const one of sqsCases()) {
  test(`AWS SDK for JavaScript: ${one.name}`, async () => {
    await using client = javascriptClient(endpoint.url);
    await runCase(one, client);
  });
}
