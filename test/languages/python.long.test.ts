import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { RealFunctions, type Brought } from './functions.ts';
import { missingPackages } from './packages.ts';
import { pipInstalled, type PackageFiles } from './python-packages.ts';

const skip = missingPackages(['python3', 'python3-pip'], ['python3', '-m', 'pip', '--version']);
let functions: RealFunctions;
before(async () => {
  if (skip === false) functions = await RealFunctions.start();
});
after(() => functions?.[Symbol.asyncDispose]());

const python = (code: string, packages: PackageFiles = {}): Brought => ({
  runtime: 'python3.13',
  handler: 'app.handler',
  files: { ...packages, 'app.py': code },
});

const BODIES = ['{"amount": 1}', 'no JSON', '{"amount": 3}'];

test('of a batch, only the record that a Python function reports comes again', { skip }, async () => {
  const code = `import json
def handler(event, context):
    failed = []
    for record in event["Records"]:
        try: print("charged", json.loads(record["body"])["amount"])
        except ValueError: failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}`;
  const { dead, left, log } = await functions.handle(python(code), BODIES);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  assert.equal(log.match(/charged 1/g)?.length, 1);
  assert.equal(log.match(/charged 3/g)?.length, 1);
});

test('a batch by aws-lambda-powertools: its processor reports the bad record, its logger writes JSON', async (t) => {
  if (skip !== false) return t.skip(skip);
  const packages = ['aws-lambda-powertools==3.37.0', 'jmespath==1.1.0', 'typing-extensions==4.16.0'];
  const powertools = await pipInstalled('powertools', packages);
  if (typeof powertools === 'string') return t.skip(powertools);
  const code = `from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
processor = BatchProcessor(event_type=EventType.SQS)
logger = Logger(service="orders")

def charge(record):
    logger.info("charged", amount=record.json_body["amount"])

@logger.inject_lambda_context
def handler(event, context):
    return process_partial_response(event=event, record_handler=charge, processor=processor, context=context)`;
  const { dead, left, log } = await functions.handle(python(code, powertools), BODIES);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  const lines = (JSON.parse(log) as { text: string }[]).filter(({ text }) => text.includes('"charged"'));
  const told = lines.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
  assert.deepEqual(
    told.map(({ amount, service, level }) => ({ amount, service, level })),
    [1, 3].map((amount) => ({ amount, service: 'orders', level: 'INFO' })),
  );
  for (const each of told) assert.match(String(each['function_request_id']), /^[0-9a-f-]{36}$/);
});

/** A request as a function URL hands it over. */
function urlEvent(method: string, path: string, body?: string): object {
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: 'loud=yes',
    cookies: ['seen=1'],
    headers: { host: 'f.example', 'content-type': 'application/json', 'x-forwarded-proto': 'https' },
    requestContext: { http, stage: '$default', requestId: 'r', accountId: 'anonymous', timeEpoch: 1 },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

test('a Starlette application behind mangum answers the event of a function URL', async (t) => {
  if (skip !== false) return t.skip(skip);
  const packages = ['mangum==0.22.0', 'starlette==1.10.0', 'anyio==4.16.0', 'idna==3.20'];
  const web = await pipInstalled('starlette', [...packages, 'typing-extensions==4.16.0']);
  if (typeof web === 'string') return t.skip(web);
  const code = `from mangum import Mangum
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def greet(request):
    told = await request.json()
    return JSONResponse({"hello": told["name"], "in": request.path_params["place"], "loud": request.query_params["loud"], "seen": request.cookies["seen"]}, 201)

handler = Mangum(Starlette(routes=[Route("/{place}", greet, methods=["POST"])]), lifespan="off")`;
  const name = await functions.create(python(code, web));
  const { payload } = await functions.invoke(name, urlEvent('POST', '/kyiv', '{"name": "Ada"}'));
  const answer = payload as HttpAnswer;
  assert.equal(answer.statusCode, 201, JSON.stringify(payload));
  assert.deepEqual(JSON.parse(answer.body), { hello: 'Ada', in: 'kyiv', loud: 'yes', seen: '1' });
  const none = (await functions.invoke(name, urlEvent('GET', '/'))).payload as HttpAnswer;
  assert.equal(none.statusCode, 404);
  const url = await functions.urlOf(name);
  const headers = { 'content-type': 'application/json', cookie: 'seen=2' };
  const told = await fetch(`${url}/l%27viv?loud=no`, { method: 'POST', body: '{"name": "Olha"}', headers });
  assert.equal(told.status, 201);
  assert.deepEqual(await told.json(), { hello: 'Olha', in: "l'viv", loud: 'no', seen: '2' });
  assert.equal((await fetch(url)).status, 404);
});

test('a Flask application behind apig-wsgi answers the event of a function URL', async (t) => {
  if (skip !== false) return t.skip(skip);
  const web = await pipInstalled('flask', ['apig-wsgi==2.20.0', 'flask==3.1.3']);
  if (typeof web === 'string') return t.skip(web);
  const code = `from apig_wsgi import make_lambda_handler
from flask import Flask, request, render_template_string
app = Flask(__name__)

@app.post("/<place>")
def greet(place):
    return render_template_string("<b>{{ name }}</b> in {{ place }}", name=request.json["name"], place=place)

handler = make_lambda_handler(app)`;
  const name = await functions.create(python(code, web));
  const { payload } = await functions.invoke(name, urlEvent('POST', '/kyiv', '{"name": "<Ada>"}'));
  const { statusCode, body } = payload as HttpAnswer;
  assert.deepEqual([statusCode, body], [200, '<b>&lt;Ada&gt;</b> in kyiv'], JSON.stringify(payload));
});

test(
  'boto3, which the package need not bring, sends a message to the queue of the platform',
  { skip },
  async () => {
    const code = `import boto3
sqs = boto3.client("sqs")
def handler(event, context):
    sent = sqs.send_message(QueueUrl=event["url"], MessageBody="from inside", MessageAttributes={"kind": {"DataType": "String", "StringValue": "test"}})
    asked = sqs.get_queue_url(QueueName=event["url"].split("/")[-1])["QueueUrl"]
    return {"digest": sent["MD5OfMessageBody"], "asked": asked.split("/")[-2:]}`;
    const queue = await functions.queue('from-python');
    const { payload, log } = await functions.run(python(code), { url: queue });
    const digest = createHash('md5').update('from inside').digest('hex');
    assert.deepEqual(payload, { digest, asked: ['000000000000', 'from-python'] }, log);
    assert.equal(await functions.first(queue), 'from inside');
  },
);

test(
  'a Python function that throws, exits, is too slow, or prints: its caller and its log learn of it',
  { skip },
  async () => {
    const code = `import sys, time
def handler(event, context):
    print("by print")
    print("to stderr", file=sys.stderr)
    print("without an end", end="")
    if event.get("raise"): raise KeyError("no budget")
    if event.get("exit"): sys.exit(5)
    if event.get("sleep"): time.sleep(60)
    return "done"`;
    const name = await functions.create(python(code), 3);
    const { payload, log } = await functions.invoke(name);
    assert.equal(payload, 'done');
    for (const printed of ['by print', 'to stderr']) assert.match(log, new RegExp(`^${printed}$`, 'm'));
    const error = async (event: object): Promise<string> =>
      JSON.stringify((await functions.invoke(name, event)).payload);
    assert.match(await error({ raise: 1 }), /"errorMessage":"'no budget'","errorType":"KeyError"/);
    assert.match(await error({ exit: 1 }), /Runtime\.ExitError.*exit status 5/);
    assert.match(await error({ sleep: 1 }), /Sandbox\.Timedout.*3\.00 seconds/);
    assert.equal((await functions.invoke(name)).payload, 'done');
  },
);
