import { after, test } from 'node:test';
import { runCase, sqsCases } from './cases.ts';
import { goClient, javaClient } from './clients/built.ts';
import { lineClient } from './clients/lines.ts';
import { startEndpoint } from './endpoint.ts';

for (const [name, found] of [
  ['aws-sdk-go-v2', await goClient()],
  ['AWS SDK for Java 2', await javaClient()],
] as const) {
  const endpoint = await startEndpoint();
  after(() => endpoint[Symbol.asyncDispose]());
  for (const one of sqsCases()) {
    test(`${name}: ${one.name}`, { skip: typeof found === 'string' ? found : false }, async () => {
      if (typeof found === 'string') return;
      await using client = lineClient(found(endpoint.url));
      await runCase(one, client);
    });
  }
}
