import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { FunctionSettings } from '../function/function.ts';
import { sharedWalls, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import { answerOf, errorOf } from './fixture/results.ts';
import { openRooms, type Files } from './fixture/rooms.ts';
import type { InvokeResult } from './result.ts';

const walls = sharedWalls();

/** What an extension of these tests does: subscribes, listens, and prints `told TYPE RECORD` of everything it is told. */
const LISTENER = `#!/var/lang/bin/node
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API;
const { KIND = 'HTTP', PATH_OF = '/2022-07-01/telemetry', BODY = '{}' } = process.env;
const registered = await fetch(api + '/2020-01-01/extension/register', {
  method: 'POST', headers: { 'Lambda-Extension-Name': 'listener' }, body: '{"events":["INVOKE","SHUTDOWN"]}',
});
const headers = { 'Lambda-Extension-Identifier': registered.headers.get('lambda-extension-identifier') };
let runtimeDone = Promise.withResolvers();
const hear = ({ type, record }) => {
  if (type !== 'extension') process.stdout.write('told ' + type + ' ' + JSON.stringify(record) + '\\n');
  if (type === 'platform.runtimeDone') runtimeDone.resolve();
};
const listen = (server) => new Promise((resolve) => server.listen(4243, 'sandbox.localdomain', resolve));
if (KIND === 'HTTP') {
  await listen(createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    JSON.parse(text).forEach(hear);
    response.end();
  }));
} else {
  let text = '';
  await listen(createTcpServer((socket) => socket.on('data', (chunk) => {
    const lines = (text + chunk).split('\\n');
    text = lines.pop();
    lines.map((line) => JSON.parse(line)).forEach(hear);
  })));
}
const destination = KIND === 'HTTP'
  ? { protocol: 'HTTP', URI: 'http://sandbox.localdomain:4243/' }
  : { protocol: 'TCP', port: 4243 };
const subscribed = await fetch(api + PATH_OF, {
  method: 'PUT', headers,
  body: JSON.stringify({
    schemaVersion: '2022-12-13', types: ['platform', 'function', 'extension'], buffering: { timeoutMs: 25 }, destination,
    ...JSON.parse(BODY),
  }),
});
console.log('subscribed', subscribed.status, await subscribed.text());
for (;;) {
  const event = await (await fetch(api + '/2020-01-01/extension/event/next', { headers })).json();
  // As an extension that sends on what it is told: it is done with an invocation when it has heard that the runtime is.
  if (event.eventType === 'INVOKE' && process.env.WAITS) { await runtimeDone.promise; runtimeDone = Promise.withResolvers(); }
  if (event.eventType === 'SHUTDOWN') { setTimeout(() => process.exit(0), 300); break; }
}
`;

const FILES: Files = {
  'index.mjs':
    "export const handler = async (event) => { console.log('a line of the function'); return event; };",
  'extensions/listener': { executable: LISTENER },
};

/** A runtime that speaks to its API by the plainest means. */
const BOOTSTRAP = `#!/usr/bin/python3
import http.client, os
def call(method, path, body=None):
    connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
    connection.request(method, '/2018-06-01/runtime/invocation/' + path, body)
    answer = connection.getresponse()
    answer.read()
    return answer.headers
while True:
    request_id = call('GET', 'next')['Lambda-Runtime-Aws-Request-Id']
    print('by hand', flush=True)
    call('POST', request_id + '/response', '1')
`;

/** The listener in Python, for environments without Node. */
const PYTHON_LISTENER = `#!/usr/bin/python3
import http.client, http.server, json, os, threading, time
def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.read(), answer.headers
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *words): pass
    def do_POST(self):
        for told in json.loads(self.rfile.read(int(self.headers['Content-Length']))):
            if told['type'] != 'extension': print('told', told['type'], json.dumps(told['record']), flush=True)
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()
_, headers = call('POST', '/2020-01-01/extension/register', '{"events":["SHUTDOWN"]}', {'Lambda-Extension-Name': 'listener'})
own = {'Lambda-Extension-Identifier': headers['Lambda-Extension-Identifier']}
server = http.server.ThreadingHTTPServer(('sandbox.localdomain', 4243), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
call('PUT', '/2022-07-01/telemetry', json.dumps({
    'schemaVersion': '2022-12-13', 'types': ['platform', 'function', 'extension'], 'buffering': {'timeoutMs': 25},
    'destination': {'protocol': 'HTTP', 'URI': 'http://sandbox.localdomain:4243'}}), own)
call('GET', '/2020-01-01/extension/event/next', None, own)
time.sleep(0.3)
`;

const EXTENDED = { MILLRACE_EXTENSIONS: 'package' };

interface Told {
  readonly results: readonly InvokeResult[];
  /** `[type, record]` in the order in which the extension was told. */
  readonly told: readonly [string, Record<string, unknown>][];
  readonly lines: readonly string[];
}

/** Runs a function with the listener beside it some times, and ends everything. */
async function run(
  variables: Record<string, string>,
  {
    files = FILES,
    times = 2,
    ...settings
  }: Partial<FunctionSettings> & { files?: Files; times?: number } = {},
): Promise<Told> {
  const rooms = await openRooms(walls);
  const record = await rooms.deploy(files, { variables: { ...EXTENDED, ...variables }, ...settings });
  const results: InvokeResult[] = [];
  for (let n = 0; n < times; n += 1) results.push(await rooms.invoke(record, n));
  await rooms[Symbol.asyncDispose]();
  const told = rooms.lines.flatMap((line): [string, Record<string, unknown>][] => {
    const [, type, record] = /^told (\S+) (.*)$/.exec(line) ?? [];
    return type === undefined ? [] : [[type, JSON.parse(record ?? 'null') as Record<string, unknown>]];
  });
  return { results, told, lines: rooms.lines };
}

const typesOf = ({ told }: Told): readonly string[] => told.map(([type]) => type);

function recordOf({ told, lines }: Told, type: string): Record<string, unknown> {
  const record = told.find(([each]) => each === type)?.[1];
  assert.ok(record !== undefined, `${type} is not among\n${lines.join('\n')}`);
  return record;
}

describe(
  'telemetry of real environments, behind the walls',
  { timeout: 60_000, skip: whyNoWalls ?? false },
  () => {
    for (const network of ['shared', 'none']) {
      for (const kind of ['HTTP', 'TCP']) {
        test(`everything that happens comes by ${kind}, network ${network}`, async () => {
          const variables = { KIND: kind, MILLRACE_NETWORK: network, WAITS: 'yes' };
          const run1 = await run(variables);
          assert.ok(run1.lines.includes('subscribed 200 "OK"'), run1.lines.join('\n'));
          assert.deepEqual(run1.results.map(answerOf), [0, 1]);
          const first = typesOf(run1).slice(0, typesOf(run1).indexOf('platform.report') + 1);
          // An extension may subscribe before or after the runtime, which starts as soon as all have registered, has loaded its code.
          const others = ['platform.start', 'platform.telemetrySubscription'];
          assert.ok(
            others.every((type) => first.includes(type)),
            run1.lines.join('\n'),
          );
          assert.deepEqual(
            first.filter((type) => !others.includes(type)),
            [
              'platform.initStart',
              'platform.initRuntimeDone',
              'platform.extension',
              'platform.initReport',
              'function',
              'platform.runtimeDone',
              'platform.report',
            ],
            run1.lines.join('\n'),
          );
          const { initializationType, functionVersion } = recordOf(run1, 'platform.initStart');
          assert.deepEqual([initializationType, functionVersion], ['on-demand', '$LATEST']);
          assert.match(String(recordOf(run1, 'function')), /INFO\ta line of the function$/);
          const { requestId, status, spans } = recordOf(run1, 'platform.runtimeDone');
          assert.deepEqual([status, (spans as unknown[]).length], ['success', 3]);
          const report = recordOf(run1, 'platform.report');
          assert.deepEqual([report['requestId'], report['status']], [requestId, 'success']);
          assert.deepEqual(report['tracing'], recordOf(run1, 'platform.start')['tracing']);
        });
      }
    }

    test('a program that speaks the Runtime API by itself is told of in the same way, without a network too', async () => {
      const files = {
        bootstrap: { executable: BOOTSTRAP },
        'extensions/listener': { executable: PYTHON_LISTENER },
      };
      for (const network of ['shared', 'none']) {
        const variables = { MILLRACE_NETWORK: network };
        const done = await run(variables, { files, runtime: 'provided.al2023', times: 1 });
        assert.deepEqual(done.results.map(answerOf), [1], done.lines.join('\n'));
        assert.ok(done.told.some(([type, record]) => type === 'function' && String(record) === 'by hand'));
        assert.equal(recordOf(done, 'platform.report')['status'], 'success');
      }
    });

    test('what such a program says of its start, and then ends, is heard before its end', async () => {
      const bootstrap = `#!/usr/bin/python3
import http.client, os
connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
connection.request('POST', '/2018-06-01/runtime/init/error', '{"errorType":"Function.NoConfig","errorMessage":"none"}')
connection.getresponse().read()
os._exit(1)
`;
      const files = {
        bootstrap: { executable: bootstrap },
        'extensions/listener': { executable: PYTHON_LISTENER },
      };
      for (let round = 0; round < 3; round += 1) {
        const done = await run({}, { files, runtime: 'provided.al2023', times: 1 });
        assert.equal(recordOf(done, 'platform.initRuntimeDone')['errorType'], 'Function.NoConfig');
      }
    });

    test('an extension that asks for less is told less', async () => {
      const done = await run({ BODY: '{"types":["function"]}' }, { times: 1 });
      assert.deepEqual(new Set(typesOf(done)), new Set(['function']));
    });

    test('by the Logs API it comes in the words of that one', async () => {
      const variables = { PATH_OF: '/2020-08-15/logs', BODY: '{"schemaVersion":"2021-03-18"}' };
      const done = await run(variables, { times: 1 });
      const types = typesOf(done).filter((type) => type !== 'function');
      assert.deepEqual(types, [
        'platform.logsSubscription',
        'platform.extension',
        'platform.start',
        'platform.runtimeDone',
        'platform.end',
        'platform.report',
      ]);
    });

    test('a time-out and a crash are told with their reason', async () => {
      const forever = {
        ...FILES,
        'index.mjs': 'export const handler = () => new Promise(() => setInterval(() => 1, 1e3));',
      };
      const slow = await run({}, { files: forever, times: 1, timeoutMs: 1000 });
      assert.equal(recordOf(slow, 'platform.runtimeDone')['status'], 'timeout');
      assert.equal(recordOf(slow, 'platform.report')['status'], 'timeout');
      const crashing = { ...FILES, 'index.mjs': 'export const handler = () => process.exit(3);' };
      const crashed = await run({}, { files: crashing, times: 1 });
      assert.match(errorOf(crashed.results[0] as InvokeResult).errorMessage, /exit status 3/);
      const { status, errorType } = recordOf(crashed, 'platform.runtimeDone');
      assert.deepEqual([status, errorType], ['error', 'Runtime.ExitError']);
      const broken = { ...FILES, 'index.mjs': 'export const handler = ;' };
      const unloaded = await run({}, { files: broken, times: 1 });
      assert.equal(
        recordOf(unloaded, 'platform.initRuntimeDone')['errorType'],
        'Runtime.UserCodeSyntaxError',
      );
      assert.equal(recordOf(unloaded, 'platform.initReport')['status'], 'error');
    });

    test('a wrong subscription is refused with what is wrong', async () => {
      const done = await run({ BODY: '{"types":[]}' }, { times: 1 });
      const refused =
        'subscribed 400 {"errorMessage":"types should not be empty","errorType":"ValidationError"}';
      assert.ok(done.lines.includes(refused), done.lines.join('\n'));
      assert.deepEqual(done.results.map(answerOf), [0]);
    });

    test('an extension that names a port of the host gets nothing sent there, and the function runs on', async (context) => {
      let requests = 0;
      const host = createServer((socket) => void socket.on('data', () => (requests += 1)));
      host.listen(0, '127.0.0.1');
      await once(host, 'listening');
      context.after(() => host.close());
      const { port } = host.address() as AddressInfo;
      for (const destination of [
        { protocol: 'HTTP', URI: `http://sandbox.localdomain:${port}/2015-03-31/functions/f/invocations` },
        { protocol: 'TCP', port },
      ]) {
        const done = await run({ BODY: JSON.stringify({ destination }) }, { times: 3 });
        assert.ok(done.lines.includes('subscribed 200 "OK"'), done.lines.join('\n'));
        assert.deepEqual(done.results.map(answerOf), [0, 1, 2]);
      }
      assert.equal(requests, 0);
    });

    test('a listener that takes nothing holds nobody up, however much is printed', async () => {
      const silent = LISTENER.replace('JSON.parse(text).forEach(hear);\n    response.end();', '');
      assert.notEqual(silent, LISTENER);
      const flood = `export const handler = async (event) => {
      for (let n = 0; n < 40_000; n += 1) process.stdout.write('x'.repeat(200) + '\\n');
      return event;
    };`;
      const files = { 'index.mjs': flood, 'extensions/listener': { executable: silent } };
      const done = await run({}, { files, times: 3 });
      assert.deepEqual(done.results.map(answerOf), [0, 1, 2]);
    });
  },
);
