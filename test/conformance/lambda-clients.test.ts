import { javascriptClient } from './clients/javascript.ts';
import { testLambdaThrough } from './through-lambda.ts';

await testLambdaThrough({
  ...{ name: 'AWS SDK for JavaScript', account: '111111111111' },
  open: (endpoint, key) => javascriptClient(endpoint, key),
});
