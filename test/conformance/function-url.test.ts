import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { LambdaPlatform } from '../crash/lambda-platform.ts';
import { pythonClients } from './clients/python.ts';

const CODE = `export const handler = async (event) => ({
  statusCode: 201,
  cookies: ['a=1', 'b=2'],
  body: JSON.stringify([event.requestContext.http.method, event.rawPath, event.body ?? null, event.requestContext.authorizer?.iam.accessKey ?? null]),
});`;

/** Makes a URL by boto3, and calls it by Python's own client, unsigned and signed by botocore. */
const CALLS = `import boto3, json, sys, urllib.error, urllib.request
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

session = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="any", region_name="us-east-1")
client = session.client("lambda", endpoint_url=sys.argv[1])
url = client.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]

def call(headers={}):
    asked = urllib.request.Request(url + "a/b?c=d", data=b'{"x": 1}', headers={"Content-Type": "application/json", **headers}, method="PUT")
    try:
        with urllib.request.urlopen(asked) as answer:
            return [answer.status, answer.headers.get_all("set-cookie"), json.load(answer)]
    except urllib.error.HTTPError as error:
        return [error.code, None, json.load(error)]

told = [call()]
client.update_function_url_config(FunctionName="f", AuthType="AWS_IAM")
told.append(call()[0])
signed = AWSRequest("PUT", url + "a/b?c=d", data=b'{"x": 1}', headers={"Content-Type": "application/json"})
SigV4Auth(session.get_credentials(), "lambda", "us-east-1").add_auth(signed)
told.append(call(dict(signed.headers)))
print(json.dumps(told))
`;

const python = await pythonClients();
const folder = mkdtempSync(join(tmpdir(), 'millrace-python-url-'));
after(() => rmSync(folder, { recursive: true }));

test(
  'Python makes a URL, and calls it as it stands',
  { skip: typeof python === 'string' ? python : false },
  async () => {
    if (typeof python === 'string') return;
    await using platform = await LambdaPlatform.start(folder);
    await platform.create('f', CODE);
    const words = ['-c', CALLS, `http://127.0.0.1:${platform.port}`];
    const { stdout } = await promisify(execFile)(python.python, words);
    const said = ['PUT', '/a/b', '{"x": 1}'];
    assert.deepEqual(JSON.parse(stdout), [
      [201, ['a=1', 'b=2'], [...said, null]],
      403,
      [201, ['a=1', 'b=2'], [...said, 'AKID']],
    ]);
  },
);
