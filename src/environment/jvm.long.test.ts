import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { zipSync } from 'fflate';
import { present } from '../base/assert.ts';
import { SystemClock } from '../base/clock.ts';
import { systemRandom as random } from '../base/random.ts';
import { BroughtParts } from '../function/runtime/brought-parts.ts';
import { javaClient } from '../function/runtime/java-client.ts';
import { jvmRuntimes } from '../function/runtime/jvm.ts';
import type { Runtime } from '../function/runtime/runtime.ts';
import type { BubblewrapSandbox } from '../sandbox/bubblewrap/bubblewrap-sandbox.ts';
import { wallsHere, whyNoWalls } from '../sandbox/bubblewrap/fixture/open-walls.ts';
import type { Mount } from '../sandbox/sandbox.ts';
import type { WatchEvent } from '../watch/event.ts';
import { missingPackages } from '../../test/languages/packages.ts';
import { compileJava } from './fixture/java-classes.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms } from './fixture/rooms.ts';

const skip = missingPackages(
  ['maven', 'default-jdk-headless'],
  ['sh', '-c', 'javac -version && mvn -version'],
);

const SOURCE = `
package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.*;
import java.util.*;

public class Echo implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  public static class Point { public int x; public int y; }
  public static class Refused extends RuntimeException { Refused(String why) { super(why); } }

  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    System.out.println("printed");
    context.getLogger().log("logged");
    if (event.containsKey("fail")) throw new Refused((String) event.get("fail"));
    if (event.containsKey("exit")) System.exit(7);
    Map<String, Object> answer = new TreeMap<>();
    answer.put("event", event);
    answer.put("id", context.getAwsRequestId());
    answer.put("memory", context.getMemoryLimitInMB());
    answer.put("heapMb", Runtime.getRuntime().maxMemory() / 1048576);
    answer.put("java", System.getProperty("java.specification.version"));
    answer.put("options", java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().toString());
    answer.put("resource", String.valueOf(Echo.class.getResource("/settings.properties")));
    return answer;
  }

  public Object libraries(Map<String, Object> event) throws IOException {
    String maps = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/self/maps"));
    return maps.lines().filter(line -> line.contains("aws-lambda-jni")).map(line -> line.replaceAll("^[^/]*", ""))
      .distinct().toArray(String[]::new);
  }

  public int sum(Point point) { return point.x + point.y; }

  public void stream(InputStream in, OutputStream out) throws IOException { in.transferTo(out); }

  public int fill(Map<String, Object> event) {
    List<byte[]> kept = new ArrayList<>();
    while (true) kept.add(new byte[1 << 20]);
  }
}
`;

const SHARED = 'package layer; public class Shared { public static String word() { return "shared"; } }';
const USES = `package layer;
public class Uses { public String say(java.util.Map<String, String> event) { return Shared.word(); } }`;

const JAVA = { runtime: 'java17', handler: 'example.Echo', memorySizeMb: 512 };

let rooms: Rooms;
let walls: BubblewrapSandbox | undefined;
let classes: Readonly<Record<string, Uint8Array>> = {};
let jars = '';
/** What every environment sees beside its code. */
let mount: Mount | undefined;

/** The same runtimes, with the mount. */
function withMount(runtime: Runtime): Runtime {
  const launch: Runtime['launch'] = async (settings, folder) => {
    const launched = await runtime.launch(settings, folder);
    if ('kind' in launched || mount === undefined) return launched;
    return { ...launched, mounts: [...launched.mounts, mount] };
  };
  const { ids, preparation } = runtime;
  const priming = present(runtime.priming, 'the priming');
  return {
    ids,
    preparation,
    priming,
    launch,
    prepare: (folder) => runtime.prepare(folder),
    probe: () => runtime.probe(),
  };
}

before(async () => {
  if (skip !== false) return;
  const clock = new SystemClock();
  const directory = join(homedir(), '.cache', 'millrace');
  const brought = new BroughtParts({ directory, clock, random, tell: () => undefined });
  const client = await brought.ensure(javaClient());
  assert.ok(client.ok, JSON.stringify(client));
  jars = client.value;
  classes = compileJava({ 'example/Echo.java': SOURCE }, { jars });
  walls = await wallsHere(clock);
  const runtimes = jvmRuntimes({ brought }).map(withMount);
  rooms = await openRooms({ runtimes, ...(walls && { sandbox: walls }) });
});
after(async () => {
  await rooms?.[Symbol.asyncDispose]();
  await walls?.[Symbol.asyncDispose]();
});

const lastPriming = (): (WatchEvent & { readonly kind: 'primed' }) | undefined =>
  rooms.events.findLast((event) => event.kind === 'primed');

test('handlers of every kind answer: an interface, a plain object, streams', { skip }, async () => {
  const record = await rooms.deploy(classes, JAVA);
  const first = await rooms.invoke(record, { a: 1 });
  const answer = answerOf(first) as Record<string, unknown>;
  assert.deepEqual([answer['event'], answer['memory']], [{ a: 1 }, 512], logOf(first));
  assert.match(logOf(first), /printed[\s\S]*logged/);
  const plain = await rooms.deploy(classes, { ...JAVA, handler: 'example.Echo::sum' });
  assert.equal(answerOf(await rooms.invoke(plain, { x: 2, y: 3 })), 5);
  const streams = await rooms.deploy(classes, { ...JAVA, handler: 'example.Echo::stream' });
  assert.deepEqual(answerOf(await rooms.invoke(streams, { any: ['thing'] })), { any: ['thing'] });
});

test(
  "the client's library is loaded from where its jars are: nobody can change it, or share it",
  { skip },
  async () => {
    const handler = 'example.Echo::libraries';
    const loaded = answerOf(await rooms.run(classes, {}, { ...JAVA, handler }));
    const folder = walls === undefined ? jars : '/var/runtime/lib';
    assert.deepEqual(loaded, [`${folder}/libaws-lambda-jni.so`]);
  },
);

test(
  'a package that is one jar, and one whose classes are in jars in lib, run as well',
  { skip },
  async () => {
    const inLib = await rooms.deploy({ 'lib/echo.jar': zipSync({ ...classes }) }, JAVA);
    assert.deepEqual((answerOf(await rooms.invoke(inLib, {})) as { event: unknown }).event, {});
    const files = { 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n', 'settings.properties': 'a=b\n' };
    const oneJar = await rooms.deploy({ ...files, ...classes }, JAVA);
    const { resource } = answerOf(await rooms.invoke(oneJar, {})) as { resource: string };
    assert.match(resource, /^file:\/.*\/settings\.properties$/);
  },
);

test(
  'jars of a layer are seen by classes at the root of the package and by those in its jars',
  // Without walls there is no /opt of its own.
  { skip: whyNoWalls ?? skip },
  async (t) => {
    const layer = mkdtempSync(join(tmpdir(), 'java-layer-'));
    t.after(() => rmSync(layer, { recursive: true }));
    chmodSync(layer, 0o755);
    const sources = { 'layer/Uses.java': USES, 'layer/Shared.java': SHARED };
    const { 'layer/Shared.class': shared = Buffer.of(), ...own } = compileJava(sources, { jars });
    writeFileSync(join(layer, 'shared.jar'), zipSync({ 'layer/Shared.class': shared }));
    mount = { source: layer, target: '/opt/java/lib', access: 'read-only' };
    t.after(() => (mount = undefined));
    for (const files of [own, { 'lib/uses.jar': zipSync({ ...own }) }]) {
      const result = await rooms.run(files, {}, { ...JAVA, handler: 'layer.Uses::say' });
      assert.equal(answerOf(result), 'shared', logOf(result));
    }
  },
);

test('what a handler throws reaches the caller with its type; the process lives on', { skip }, async () => {
  const record = await rooms.deploy(classes, JAVA);
  const failed = await rooms.invoke(record, { fail: 'not today' });
  assert.equal(failed.kind, 'function-error');
  const { errorType, errorMessage } = errorOf(failed);
  assert.deepEqual([errorType, errorMessage], ['example.Echo$Refused', 'not today']);
  const next = await rooms.invoke(record, {});
  assert.equal(next.kind, 'answered');
  assert.equal(next.initDurationMs, undefined);
  assert.match(errorOf(await rooms.invoke(record, { exit: true })).errorMessage, /exit status 7/);
});

test('a wrong class, and a class for a newer Java, are said in a sentence', { skip }, async () => {
  const wrong = await rooms.run(classes, {}, { ...JAVA, handler: 'example.Nowhere' });
  assert.match(errorOf(wrong).errorMessage, /Class not found: example\.Nowhere/);
  const path = 'example/Echo.class';
  const newer = Buffer.from(present(classes[path], path));
  newer.writeUInt16BE(90, 6);
  const result = await rooms.run({ ...classes, [path]: newer }, {}, JAVA);
  assert.equal(errorOf(result).errorType, 'java.lang.UnsupportedClassVersionError');
  assert.match(
    errorOf(result).errorMessage,
    /example\.Echo was compiled for Java 46 .*java17 runs on Java \d+\..*choose java46/,
  );
});

test('the heap leaves room within the memory; what the owner says of it counts', { skip }, async () => {
  const own = answerOf(await rooms.run(classes, {}, JAVA)) as { heapMb: number; options: string };
  assert.ok(own.heapMb > 256 && own.heapMb < 450, `${own.heapMb} MB`);
  assert.match(own.options, /UseSerialGC/);
  const variables = { JAVA_TOOL_OPTIONS: '-Xmx100m -XX:+UseParallelGC -Dmine=1' };
  const theirs = answerOf(await rooms.run(classes, {}, { ...JAVA, variables })) as typeof own;
  assert.ok(theirs.heapMb <= 100, `${theirs.heapMb} MB`);
  assert.doesNotMatch(theirs.options, /UseSerialGC|-Xmx3/);
  assert.match(theirs.options, /UseParallelGC.*-Dmine=1/);
});

test('a heap that is full is the error of its invocation, and the next one runs', { skip }, async () => {
  const record = await rooms.deploy(classes, { ...JAVA, handler: 'example.Echo::fill', memorySizeMb: 128 });
  const result = await rooms.invoke(record, {});
  assert.equal(errorOf(result).errorType, 'java.lang.OutOfMemoryError', logOf(result));
  const other = await rooms.deploy(classes, { ...JAVA, memorySizeMb: 128 });
  assert.equal((await rooms.invoke(other, {})).kind, 'answered');
});

test(
  'after the upload an archive of the classes is made without an event, and used from then on',
  { skip },
  async () => {
    const variables = { JAVA_TOOL_OPTIONS: '-Xlog:class+load:stdout' };
    const inJars = { 'lib/echo.jar': zipSync({ ...classes }) };
    for (const files of [classes, inJars]) {
      const record = await rooms.deploy(files, { ...JAVA, variables });
      await rooms.primer.settled();
      assert.deepEqual(
        Object.keys(lastPriming() ?? {}),
        ['kind', 'function', 'tookMs'],
        lastPriming()?.why ?? '',
      );
      assert.equal(lastPriming()?.function, record.key.name);
      const before = rooms.lines.length;
      assert.equal((await rooms.invoke(record, {})).kind, 'answered');
      const loaded = rooms.lines.slice(before).filter((line) => line.includes('source:'));
      const fromArchive = (name: string): boolean =>
        loaded.some((line) => line.includes(` ${name} `) && line.includes('shared objects file (top)'));
      assert.ok(fromArchive('example.Echo'), loaded.filter((line) => line.includes('Echo')).join('\n'));
      assert.ok(fromArchive('com.amazonaws.services.lambda.runtime.api.client.AWSLambda'));
    }
  },
);

test('an archive that is not made is told in the log, and fails nothing', { skip }, async () => {
  const inTheWay = `public class InTheWay {
    static { new java.io.File("/var/lang/class-archive/classes.jsa/full").mkdirs(); }
    public int same(int number) { return number; }
  }`;
  const made = compileJava({ 'InTheWay.java': inTheWay }, { jars });
  const record = await rooms.deploy(made, { ...JAVA, handler: 'InTheWay::same' });
  await rooms.primer.settled();
  assert.equal(lastPriming()?.why, 'the JVM wrote no archive of its classes');
  assert.ok(rooms.lines.some((line) => line.startsWith('Priming failed: the JVM wrote no archive')));
  assert.equal(answerOf(await rooms.invoke(record, 7)), 7);
});

test('code whose owner says so, or that brings an agent, is not run at upload', { skip }, async () => {
  const before = rooms.events.length;
  await rooms.deploy(classes, { ...JAVA, variables: { MILLRACE_PRIMING: 'off' } });
  await rooms.deploy(classes, { ...JAVA, variables: { JAVA_TOOL_OPTIONS: '-Xshare:off' } });
  await rooms.primer.settled();
  assert.deepEqual(rooms.events.slice(before), []);
});

test('a function for a Java that is not installed runs on another', { skip }, async () => {
  const { java } = answerOf(await rooms.run(classes, {}, { ...JAVA, runtime: 'java21' })) as { java: string };
  assert.ok(Number(java) >= 17, java);
});
