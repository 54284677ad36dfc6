import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AnswerSink } from './invoke.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms } from './fixture/rooms.ts';

let rooms: Rooms;
before(async () => {
  rooms = await openRooms();
});
after(() => rooms[Symbol.asyncDispose]());

/** Takes what comes; `take` may be told to make the runtime wait. */
class Sink implements AnswerSink {
  contentType: string | undefined;
  readonly pieces: Uint8Array[] = [];
  wait: ((bytes: Uint8Array) => Promise<void> | undefined) | undefined;

  begin(contentType: string): void {
    this.contentType = contentType;
  }

  take(bytes: Uint8Array): Promise<void> | undefined {
    this.pieces.push(bytes);
    return this.wait?.(bytes);
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }
}

const streaming = (body: string): { 'index.js': string } => ({
  'index.js': `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} });`,
});

test('the pieces of a streaming handler are passed on as they are written', async () => {
  const record = await rooms.deploy(
    streaming(`
      stream.setContentType("text/plain");
      stream.write("one ");
      await new Promise((resolve) => setTimeout(resolve, 20));
      stream.write(Buffer.from("two "));
      stream.write({ three: event.three });
      stream.end();`),
  );
  const sink = new Sink();
  const result = await rooms.invoke(record, { three: 3 }, sink);
  assert.equal(sink.contentType, 'text/plain');
  assert.equal(sink.text, 'one two {"three":3}');
  assert.ok(sink.pieces.length >= 2);
  assert.ok(result.kind === 'answered' && result.isStreamed === true && result.payload.length === 0);
  assert.match(logOf(result), /REPORT/);
});

test('without somebody who takes pieces the answer is the whole', async () => {
  const result = await rooms.run(streaming('stream.write("{"); stream.end("}")'));
  assert.deepEqual(answerOf(result), {});
});

test('an HTTP answer begins with its status and headers, eight NULs, and its body', async () => {
  const sink = new Sink();
  const record = await rooms.deploy(
    streaming(`
      const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: "b" } });
      http.end("body");`),
  );
  await rooms.invoke(record, {}, sink);
  assert.equal(sink.contentType, 'application/vnd.awslambda.http-integration-response');
  assert.equal(sink.text, `{"statusCode":201,"headers":{"a":"b"}}${'\0'.repeat(8)}body`);
});

test('a source piped into the answer is waited for, and so is a pipeline', async () => {
  const piped = await rooms.run(
    streaming(`
      const { Readable } = require("node:stream");
      Readable.from((async function* () {
        yield "[1";
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield ",2]";
      })()).pipe(stream);`),
  );
  assert.deepEqual(answerOf(piped), [1, 2]);
  const pipeline = await rooms.run(
    streaming(`
      const { pipeline } = require("node:stream/promises");
      await pipeline(["[3", ",4]"], stream);`),
  );
  assert.deepEqual(answerOf(pipeline), [3, 4]);
});

test('a handler that returns without ending its answer has answered what it wrote', async () => {
  const result = await rooms.run(streaming('stream.write("7"); setInterval(() => {}, 1e6);'));
  assert.equal(answerOf(result), 7);
  const unsettled = await rooms.run(streaming('stream.write("8"); await new Promise(() => {});'));
  assert.equal(answerOf(unsettled), 8);
});

test('an error after the first piece ends the answer with that error, and the environment serves the next', async () => {
  const record = await rooms.deploy(
    streaming(`
      stream.write("half");
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (event.fail) throw new RangeError("too far");
      stream.end();`),
  );
  const sink = new Sink();
  const result = await rooms.invoke(record, { fail: true }, sink);
  assert.equal(sink.text, 'half');
  assert.equal(result.kind, 'function-error');
  const { errorType, errorMessage } = errorOf(result);
  assert.deepEqual([errorType, errorMessage], ['RangeError', 'too far']);
  const next = await rooms.invoke(record, {}, new Sink());
  assert.equal(next.kind, 'answered');
  assert.equal(next.environmentId, result.environmentId);
});

test('a runtime waits for whoever takes its pieces', async () => {
  const record = await rooms.deploy({
    'index.js': `
      let written = 0;
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        const piece = Buffer.alloc(1_000_000, "x");
        for (let n = 0; n < 20; n += 1) {
          await new Promise((resolve) => stream.write(piece, resolve));
          console.log("written", n);
        }
        stream.end();
      });`,
  });
  const sink = new Sink();
  const first = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  sink.wait = () => {
    first.resolve();
    return goOn.promise;
  };
  const before = rooms.lines.length;
  const running = rooms.invoke(record, {}, sink);
  await first.promise;
  // A new function, started and asked: time enough for the first to run away, if it could.
  await rooms.run({ 'index.js': 'exports.handler = async () => 1;' });
  const written = rooms.lines.slice(before).filter((line) => line.includes('written')).length;
  assert.ok(written < 5, `${written} pieces were written to somebody who takes none`);
  goOn.resolve();
  await running;
  assert.equal(
    sink.pieces.reduce((sum, { length }) => sum + length, 0),
    20_000_000,
  );
});

test('an answer in pieces may have 200 MB, and 6 MiB where it is collected', async () => {
  const record = await rooms.deploy(
    streaming(`
      const piece = Buffer.alloc(1_000_000);
      for (let n = 0; n < event.count; n += 1) if (!stream.write(piece)) await require("node:events").once(stream, "drain");
      stream.end();`),
  );
  assert.equal((await rooms.invoke(record, { count: 7 })).kind, 'too-large');
  const counting = { bytes: 0 };
  const sink: AnswerSink = {
    begin: () => undefined,
    take: (bytes) => void (counting.bytes += bytes.length),
  };
  const result = await rooms.invoke(record, { count: 210 }, sink);
  assert.equal(result.kind, 'too-large');
  assert.ok(counting.bytes <= 209_715_200 && counting.bytes > 200_000_000);
});

test('a process that ends in the middle of its answer, and one whose time is over, are told as such', async () => {
  const sink = new Sink();
  const died = await rooms.invoke(
    await rooms.deploy(streaming('stream.write("half", () => process.exit(3));')),
    {},
    sink,
  );
  assert.ok(died.kind === 'exited' && died.code === 3);
  assert.equal(sink.text, 'half');
  const slow = await rooms.deploy(
    streaming('stream.write("half"); setInterval(() => {}, 1000); await new Promise(() => {});'),
    { timeoutMs: 1000 },
  );
  const waiting = new Sink();
  waiting.wait = () => new Promise(() => undefined);
  assert.equal((await rooms.invoke(slow, {}, waiting)).kind, 'timed-out');
});
