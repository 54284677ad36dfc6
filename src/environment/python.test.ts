import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FunctionSettings } from '../function/function.ts';
import type { WatchEvent } from '../watch/event.ts';
import { noPython, pythonHere } from './fixture/python.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';

const skip = await noPython();

/** The same laws for AWS's client and for ours, which takes over where that one cannot be fetched. */
const CLIENTS = {
  'AWS’s client': {},
  'Millrace’s own client': { cacheDirectory: '/dev/null/nowhere' },
} as const;

interface Failing {
  readonly code: string;
  readonly handler?: string;
  readonly type: string;
  readonly message: RegExp;
  readonly kind?: string;
}

const FAILURES: Readonly<Record<string, Failing>> = {
  'a raised error': {
    code: 'class Odd(Exception): pass\ndef handler(event, context): raise Odd("boom")',
    type: 'Odd',
    message: /^boom$/,
    kind: 'function-error',
  },
  'an answer that is no JSON': {
    code: 'def handler(event, context): return {1, 2}',
    type: 'Runtime.MarshalError',
    message: /^Unable to marshal response: Object of type set is not JSON serializable$/,
    kind: 'function-error',
  },
  'a missing module': {
    code: '',
    handler: 'nowhere.handler',
    type: 'Runtime.ImportModuleError',
    message: /^Unable to import module 'nowhere': No module named 'nowhere'$/,
  },
  'a missing package': {
    code: 'import not_here',
    type: 'Runtime.ImportModuleError',
    message: /^Unable to import module 'app': No module named 'not_here'$/,
  },
  'a missing function': {
    code: '',
    type: 'Runtime.HandlerNotFound',
    message: /^Handler 'handler' missing on module 'app'$/,
  },
  'a syntax error': {
    code: 'def handler(event, context) return 1',
    type: 'Runtime.UserCodeSyntaxError',
    message: /^Syntax error in module 'app': .*\(app\.py, line 1\)$/,
  },
  'a handler name without a dot': {
    code: '',
    handler: 'handler',
    type: 'Runtime.MalformedHandlerName',
    message: /^Bad handler 'handler': not enough values to unpack/,
  },
  'a handler in a module that is built in': {
    code: '',
    handler: 'sys.exit',
    type: 'Runtime.BuiltInModuleConflict',
    message: /^Cannot use built-in module sys as a handler module$/,
  },
  'an error while loading': { code: '1 / 0', type: 'ZeroDivisionError', message: /^division by zero$/ },
};

for (const [client, setting] of Object.entries(CLIENTS)) {
  describe(`Python by ${client}`, { skip, timeout: 120_000 }, () => {
    let rooms: Rooms;
    before(async () => {
      rooms = await openRooms({ runtimes: pythonHere(setting) });
    });
    after(() => rooms[Symbol.asyncDispose]());
    const python = (more: Partial<FunctionSettings> = {}): Partial<FunctionSettings> => ({
      runtime: 'python3.11',
      handler: 'app.handler',
      ...more,
    });

    for (const [failure, { code, handler, type, message, kind }] of Object.entries(FAILURES)) {
      test(`tells the caller: ${failure}`, async () => {
        const result = await rooms.run({ 'app.py': code }, {}, python(handler ? { handler } : {}));
        const told = errorOf(result) as ReturnType<typeof errorOf> & { stackTrace: string[] };
        assert.deepEqual([told.errorType, result.kind], [type, kind ?? 'init-error'], logOf(result));
        assert.match(told.errorMessage, message);
        assert.ok(Array.isArray(told.stackTrace));
        assert.match(logOf(result), new RegExp(`^\\[ERROR\\] ${type}: `, 'm'));
      });
    }

    test('the trace of an error shows the function’s own calls and no others', async () => {
      const code = 'def inner(): raise ValueError("deep")\ndef handler(event, context): inner()';
      const result = await rooms.run({ 'app.py': code }, {}, python());
      const { stackTrace, requestId } = answerOf(result) as { stackTrace: string[]; requestId: string };
      assert.match(requestId, /^[0-9a-f-]{36}$/);
      assert.equal(stackTrace.length, 2);
      assert.match(stackTrace[0] ?? '', /app\.py", line 2, in handler\n {4}def handler/);
      assert.match(stackTrace[1] ?? '', /app\.py", line 1, in inner\n/);
    });

    test('a handler gets its event and what AWS tells it, one invocation after the other', async () => {
      const code = `import os, decimal
n = 0
def handler(event, context):
    global n
    n += 1
    left = context.get_remaining_time_in_millis()
    return {"n": n, "event": event, "id": len(context.aws_request_id), "left": 0 < left <= 20000, "name": context.function_name == os.environ["AWS_LAMBDA_FUNCTION_NAME"],
      "memory": context.memory_limit_in_mb, "arn": context.invoked_function_arn.split(":")[5], "version": context.function_version, "client": context.client_context, "cognito": context.identity.cognito_identity_id,
      "runtime": os.environ["AWS_EXECUTION_ENV"], "price": decimal.Decimal("1.5"), "cwd": os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]}`;
      const record = await rooms.deploy({ 'app.py': code }, python());
      const event = { text: 'ö\u2028"' };
      const expected = {
        ...{
          n: 1,
          event,
          id: 36,
          left: true,
          name: true,
          memory: '256',
          arn: 'function',
          version: '$LATEST',
        },
        ...{ client: null, cognito: null, runtime: 'AWS_Lambda_python3.11', price: 1.5, cwd: true },
      };
      assert.deepEqual(answerOf(await rooms.invoke(record, event)), expected);
      assert.deepEqual(answerOf(await rooms.invoke(record, event)), { ...expected, n: 2 });
    });

    test('a handler in a folder, in a package, and with a package beside it', async () => {
      const files: Files = {
        'deep/app.py': 'from helped import answer\ndef handler(event, context): return answer()',
        'deep/__init__.py': '',
        'helped/__init__.py': 'from .more import answer',
        'helped/more.py': 'def answer(): return "helped"',
      };
      for (const handler of ['deep/app.handler', 'deep.app.handler'])
        assert.equal(answerOf(await rooms.run(files, {}, python({ handler }))), 'helped');
    });

    test('what it prints and logs is in its log, records with the id of the request', async () => {
      const code = `import logging, sys
def handler(event, context):
    sys.stdout.buffer.write(b"\\xff\\xfe binary\\n")
    print("printed", end="")
    print(" in pieces")
    print("to stderr", file=sys.stderr)
    logging.getLogger().warning("watch %s", "out")
    logging.getLogger("mine").info("not shown")`;
      const result = await rooms.run({ 'app.py': code }, {}, python());
      const log = logOf(result);
      assert.match(log, /^printed in pieces$/m);
      assert.match(log, /^\ufffd\ufffd binary$/m);
      assert.match(log, /^to stderr$/m);
      assert.match(log, /^\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t[0-9a-f-]{36}\twatch out$/m);
      assert.doesNotMatch(log, /not shown/);
    });

    test('records are JSON when the function asks for it', async () => {
      const code = `import logging
def handler(event, context):
    try: 1 / 0
    except ZeroDivisionError: logging.exception("caught", extra={"order": 7})
    raise ValueError("thrown")`;
      const result = await rooms.run({ 'app.py': code }, {}, python({ logFormat: 'JSON' }));
      const lines = logOf(result)
        .split('\n')
        .filter((line) => line.startsWith('{"timestamp"'));
      const [caught, thrown] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.deepEqual(
        [
          caught?.['level'],
          caught?.['message'],
          caught?.['errorType'],
          caught?.['order'],
          caught?.['logger'],
        ],
        ['ERROR', 'caught', 'ZeroDivisionError', 7, 'root'],
      );
      assert.equal(String(caught?.['requestId']).length, 36);
      assert.deepEqual([thrown?.['errorType'], thrown?.['errorMessage']], ['ValueError', 'thrown']);
    });

    test('an exit is told with its code, and the next invocation has a new environment', async () => {
      const code = 'def handler(event, context):\n  if event: exit(3)\n  return "fresh"';
      const record = await rooms.deploy({ 'app.py': code }, python());
      const gone = await rooms.invoke(record, { go: 1 });
      assert.equal(gone.kind, 'exited');
      assert.deepEqual(errorOf(gone).errorType, 'Runtime.ExitError');
      assert.match(errorOf(gone).errorMessage, /Runtime exited with error: exit status 3$/);
      assert.equal(answerOf(await rooms.invoke(record)), 'fresh');
      const good = await rooms.run({ 'app.py': 'import os\nos._exit(0)' }, {}, python());
      assert.match(errorOf(good).errorMessage, /Runtime exited without providing a reason$/);
      const atLoad = await rooms.run({ 'app.py': 'import os\nos._exit(4)' }, {}, python());
      assert.match(errorOf(atLoad).errorMessage, /exit status 4$/);
    });

    test('whoever takes too long is ended at the deadline', async () => {
      const code = 'import time\ndef handler(event, context): time.sleep(30)';
      const result = await rooms.run({ 'app.py': code }, {}, python({ timeoutMs: 1000 }));
      assert.equal(result.kind, 'timed-out');
      assert.match(errorOf(result).errorMessage, /Task timed out after 1\.00 seconds$/);
    });

    test('bytes are an answer as they are, and an answer that is too large is told', async () => {
      const code = 'def handler(event, context): return b"[1]" if not event else "x" * 7_000_000';
      const record = await rooms.deploy({ 'app.py': code }, python());
      assert.deepEqual(answerOf(await rooms.invoke(record)), [1]);
      const large = await rooms.invoke(record, { large: true });
      assert.equal(errorOf(large).errorType, 'Function.ResponseSizeTooLarge');
      assert.deepEqual(answerOf(await rooms.invoke(record)), [1]);
    });

    test('what this machine has installed for itself is not there, and the package may bring any module', async () => {
      const code = `import sys, simplejson, exitcode
def handler(event, context): return [exitcode.mine, [p for p in sys.path if "-packages" in p], sys.flags.utf8_mode]`;
      const files = { 'app.py': code, 'exitcode.py': 'mine = 1', 'simplejson.py': 'theirs = 1' };
      assert.deepEqual(answerOf(await rooms.run(files, {}, python())), [1, [], 1]);
    });
  });
}

test(
  'AWS’s SDK is there without being in the package, and the package’s own goes before it',
  { skip },
  async () => {
    const events: WatchEvent[] = [];
    await using rooms = await openRooms({ runtimes: pythonHere({ events }) });
    const settings = { runtime: 'python3.11', handler: 'app.handler' };
    const code = 'import boto3\ndef handler(event, context): return boto3.__version__';
    const found = await rooms.run({ 'app.py': code }, {}, settings);
    assert.match(String(answerOf(found)), /^1\.\d+\.\d+$/);
    const own = { 'app.py': code, 'boto3.py': '__version__ = "own"' };
    assert.equal(answerOf(await rooms.run(own, {}, settings)), 'own');
    assert.deepEqual(
      events.filter((event) => event.kind === 'brought' && event.why),
      [],
    );
  },
);
