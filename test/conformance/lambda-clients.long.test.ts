import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { pythonClients } from './clients/python.ts';
import { testLambdaThrough } from './through-lambda.ts';

const found = await pythonClients();

await testLambdaThrough(
  {
    ...{ name: 'boto3', account: '222222222222' },
    open: typeof found === 'string' ? found : (endpoint, key) => boto3Client(found.python, endpoint, key),
  },
  {
    ...{ name: 'AWS CLI', account: '333333333333', fits: (one) => one.forCommandLines === true },
    open: typeof found === 'string' ? found : (endpoint, key) => awsCliClient(found, endpoint, key),
  },
);
