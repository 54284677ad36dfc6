import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { debianAwsCli } from './clients/debian.ts';
import { queryPythonClients } from './clients/python.ts';
import { isForCommandLines as fits, testThrough } from './through.ts';

const protocol = 'query';
const python = await queryPythonClients();
const debian = await debianAwsCli();

await testThrough(
  {
    ...{ name: 'boto3 of 2023, Query protocol', protocol },
    open: typeof python === 'string' ? python : (url) => boto3Client(python.python, url),
  },
  {
    ...{ name: 'AWS CLI of 2023, Query protocol', protocol, fits },
    open: typeof python === 'string' ? python : (url) => awsCliClient([python.aws], url),
  },
  {
    ...{ name: 'AWS CLI 2.9 of Debian, Query protocol', protocol, fits },
    open: typeof debian === 'string' ? debian : (url) => awsCliClient(debian.command, url, debian.env),
  },
);
