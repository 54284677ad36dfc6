import assert from 'node:assert/strict';
import {
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemRandom } from '../base/random.ts';
import type { PeerAddress, Sandbox } from './sandbox.ts';
import { node, run, shell, specOf, start } from './fixture/run.ts';

/** Opens the sandbox under test. */
export type OpenSandbox = () => Promise<Sandbox>;

/** What every technology promises to whoever runs programs in it. */
export function sandboxContract(name: string, open: OpenSandbox): void {
  lifeContract(name, open);
  resourceContract(name, open);
}

function lifeContract(name: string, open: OpenSandbox): void {
  describe(`${name}: the contract`, { timeout: 60_000 }, () => {
    let sandbox: Sandbox;
    before(async () => {
      sandbox = await open();
    });
    after(() => sandbox[Symbol.asyncDispose]());

    test('an exit tells its code, and the output is whole on its own streams', async () => {
      const ended = await run(sandbox, shell('printf out; printf err >&2; exit 7'));
      assert.deepEqual(ended, { exit: { kind: 'exited', code: 7 }, stdout: 'out', stderr: 'err' });
    });

    test('a program opens its own outputs by name again, as often as it likes', async () => {
      const script = `echo one; echo two >/dev/stdout; echo three >>/dev/stdout; echo four | tee /dev/stderr;
        echo five >/proc/self/fd/2; sh -c 'echo six >/dev/stderr'; exec >/dev/stderr; echo seven`;
      assert.deepEqual(await run(sandbox, shell(script)), {
        exit: { kind: 'exited', code: 0 },
        ...{ stdout: 'one\ntwo\nthree\nfour\n', stderr: 'four\nfive\nsix\nseven\n' },
      });
      const write =
        "fs.writeFileSync('/dev/stderr', 'a'); fs.appendFileSync('/dev/stdout', 'b'); console.log('c')";
      const ended = await run(sandbox, node(`const fs = require('fs'); ${write}`));
      assert.deepEqual(ended, { exit: { kind: 'exited', code: 0 }, stdout: 'bc\n', stderr: 'a' });
    });

    test('nothing of an output is lost at the end, by whichever name it is written', async () => {
      const script = 'head -c 300000 /dev/zero >/dev/stderr; head -c 300000 /dev/zero';
      const { stdout, stderr } = await run(sandbox, shell(script));
      assert.deepEqual([stdout.length, stderr.length], [300_000, 300_000]);
    });

    test('a program that ends by a signal is told as killed', async () => {
      const { exit } = await run(sandbox, shell('kill -SEGV $$'));
      assert.deepEqual(exit, { kind: 'killed', signal: 'SIGSEGV' });
    });

    test('a program that is not there ends at once, and says so', async () => {
      const { exit, stderr } = await run(sandbox, ['/no/such/program']);
      assert.notDeepEqual(exit, { kind: 'exited', code: 0 });
      assert.match(JSON.stringify(exit) + stderr, /ENOENT|No such file|not-started/);
    });

    test('the variables are those of the spec and nothing of the platform', async () => {
      const variables = { PATH: '/usr/bin:/bin', GREETING: 'hello $world "x"\nline' };
      const { stdout } = await run(sandbox, node('console.log(JSON.stringify(process.env))'), { variables });
      const seen = JSON.parse(stdout) as Record<string, string>;
      assert.equal(seen['GREETING'], variables.GREETING);
      const extra = Object.keys(seen).filter((each) => !(each in variables));
      const own = ['TMPDIR', 'MILLRACE_ENVIRONMENT_ID', 'PWD'];
      assert.deepEqual(
        extra.filter((each) => !own.includes(each)),
        [],
      );
    });

    test('a read-write mount is shared with the host', async (context) => {
      const folder = sharedFolder();
      context.after(() => rmSync(folder, { recursive: true }));
      writeFileSync(join(folder, 'in'), 'from outside', { mode: 0o644 });
      const mounts = [{ source: folder, target: '/mnt/shared', access: 'read-write' as const }];
      const copy = node(
        "const f = require('fs'); f.writeFileSync(process.argv[1] + '/out', f.readFileSync(process.argv[1] + '/in'))",
      );
      const { exit, stderr } = await run(sandbox, [...copy, '/mnt/shared'], { mounts });
      assert.deepEqual(exit, { kind: 'exited', code: 0 }, stderr);
      assert.equal(readFileSync(join(folder, 'out'), 'utf8'), 'from outside');
    });

    test('a frozen tree does nothing until it is thawed', async () => {
      const { tree, printed, untilPrinted } = await start(
        sandbox,
        shell('i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done'),
      );
      await untilPrinted('5\n');
      await tree.freeze();
      // What was printed before the freeze may still be on its way: two silent looks in a row.
      let before = '';
      while (before !== printed.stdout) {
        before = printed.stdout;
        await pause(150);
      }
      assert.equal(printed.stdout, before);
      await tree.thaw();
      const next = Number(before.trim().split('\n').at(-1)) + 2;
      await untilPrinted(`\n${next}\n`);
      await tree.kill();
    });

    test('a kill ends the whole tree: what ignores signals, and what left for a session of its own', async () => {
      const [first, second, third] = ownSleeps();
      const inner = `trap '' TERM; ${first}`;
      const script = `trap '' TERM INT HUP; setsid sh -c "${inner}" & setsid ${second} & echo up; ${third}`;
      const { tree, untilPrinted } = await start(sandbox, shell(script));
      await untilPrinted('up');
      await tree.terminate();
      await tree.kill();
      assert.deepEqual(processesNamed([first, second, third]), []);
    });

    test('daemons do not outlive the program that started them', async () => {
      const [daemon] = ownSleeps();
      const script = `setsid ${daemon} >/dev/null 2>&1 & sleep 0.05; exit 0`;
      assert.deepEqual((await run(sandbox, shell(script))).exit, { kind: 'exited', code: 0 });
      assert.deepEqual(processesNamed([daemon]), []);
    });

    test('a frozen tree can be killed', async () => {
      const { tree, untilPrinted } = await start(sandbox, shell('echo up; sleep 300'));
      await untilPrinted('up');
      await tree.freeze();
      await tree.kill();
      assert.equal((await tree.exit).kind, 'killed');
    });

    test('a tree that is killed while it is being started ends', async () => {
      for (let delayMs = 0; delayMs < 20; delayMs += 1) {
        const tree = await sandbox.start(specOf(shell('sleep 300')), () => undefined);
        await pause(delayMs / 2);
        await tree.kill();
      }
    });

    test('a tree that is killed while it is being frozen ends, whichever comes first', async () => {
      const [first, second] = await Promise.all([
        start(sandbox, shell('echo up; sleep 300')),
        start(sandbox, shell('echo up; sleep 300')),
      ]);
      await Promise.all([first.untilPrinted('up'), second.untilPrinted('up')]);
      const freezing = first.tree.freeze();
      await Promise.all([first.tree.kill(), freezing]);
      const killing = second.tree.kill();
      await Promise.all([second.tree.freeze().catch(() => undefined), killing]);
    });
  });
}

function resourceContract(name: string, open: OpenSandbox): void {
  describe(`${name}: the contract on memory, connections and output`, { timeout: 60_000 }, () => {
    let sandbox: Sandbox;
    before(async () => {
      sandbox = await open();
    });
    after(() => sandbox[Symbol.asyncDispose]());

    test('memory is measured', async () => {
      const { tree, untilPrinted } = await start(
        sandbox,
        node("globalThis.b = Buffer.alloc(40e6, 1); console.log('up'); setInterval(() => {}, 1e6)"),
      );
      await untilPrinted('up');
      assert.ok((await tree.usedMemoryBytes()) > 40e6);
      assert.ok((await tree.peakMemoryBytes()) > 40e6);
      await tree.kill();
    });

    test('whoever fills memory outside the heap is ended for it, and its neighbour lives on', async () => {
      const neighbour = await start(sandbox, shell('echo up; sleep 300'));
      await neighbour.untilPrinted('up');
      const hog = node('const all = []; setInterval(() => all.push(Buffer.alloc(20e6, 1)), 5)');
      const { exit } = await run(sandbox, hog);
      assert.deepEqual(exit, { kind: 'out-of-memory' });
      const alive = await Promise.race([
        neighbour.tree.exit.then(() => 'ended'),
        pause(50).then(() => 'alive'),
      ]);
      assert.equal(alive, 'alive');
      await neighbour.tree.kill();
    });

    test('a connection is known to come from the tree that made it, and from no other', async () => {
      await using listener = await listen();
      const other = await start(sandbox, shell('echo up; sleep 300'));
      const mine = await start(
        sandbox,
        node(`require('net').connect(${listener.port}, '127.0.0.1'); setInterval(() => {}, 1e6)`),
      );
      const peer = await listener.next();
      assert.equal(await mine.tree.owns(peer), true);
      assert.equal(await other.tree.owns(peer), false);
      assert.equal(await sandbox.ownsAny(peer), true);
      await Promise.all([mine.tree.kill(), other.tree.kill()]);
    });

    test('who listens on a port is known: the tree that does, and no other', async () => {
      const other = await start(sandbox, shell('echo up; sleep 300'));
      const listens = (at: string): readonly string[] =>
        node(
          `const s = require('net').createServer().listen(0, '${at}', () => console.log('port ' + s.address().port + '.'))`,
        );
      const mine = await start(sandbox, listens('127.77.0.1'));
      await mine.untilPrinted('.');
      const [, port] = /port (\d+)/.exec(mine.printed.stdout) ?? [];
      const addresses = ['127.0.0.1', '127.77.0.1'];
      assert.equal(await mine.tree.listensAt(addresses, Number(port)), '127.77.0.1');
      assert.equal(await other.tree.listensAt(addresses, Number(port)), undefined);
      await using host = await listen();
      assert.equal(await mine.tree.listensAt(addresses, host.port), undefined);
      const anywhere = await start(sandbox, listens('0.0.0.0'));
      await anywhere.untilPrinted('.');
      const [, second] = /port (\d+)/.exec(anywhere.printed.stdout) ?? [];
      assert.equal(await anywhere.tree.listensAt(addresses, Number(second)), '127.0.0.1');
      await Promise.all([mine, other, anywhere].map(({ tree }) => tree.kill()));
    });

    test('what a program has printed before it can be heard of in another way is there when that is asked for', async () => {
      await using listener = await listen();
      const lines = 200;
      const { tree, printed } = await start(
        sandbox,
        node(`for (let n = 0; n < ${lines}; n += 1) require('fs').writeSync(1, n + '\\n');
          require('net').connect(${listener.port}, '127.0.0.1'); setInterval(() => {}, 1e6)`),
      );
      await listener.next();
      await tree.outputRead();
      assert.equal(printed.stdout.split('\n').length, lines + 1);
      await tree.kill();
      await tree.outputRead();
    });

    test('a program waits where it prints faster than is read, also where it opened its output by name', async () => {
      const flags = await run(sandbox, shell('cat /proc/self/fdinfo/1 /proc/self/fdinfo/2'));
      const words = flags.stdout.split('\n').filter((line) => line.startsWith('flags:'));
      const waits = words.map(
        (line) => (Number.parseInt(line.slice(6).trim(), 8) & constants.O_NONBLOCK) === 0,
      );
      assert.deepEqual(waits, [true, true]);
      const { stdout } = await run(sandbox, shell('yes 012345678 | head -c 3000000 >/dev/stdout'));
      assert.equal(stdout.length, 3_000_000);
    });

    test('a flood of output arrives whole', async () => {
      const { stdout, exit } = await run(
        sandbox,
        shell('yes 0123456789012345678901234567890123456789012345678 | head -c 5000000'),
      );
      assert.equal(stdout.length, 5_000_000);
      assert.deepEqual(exit, { kind: 'exited', code: 0 });
    });

    test('a platform’s own connection belongs to no tree', async () => {
      await using listener = await listen();
      const socket = connect(listener.port, '127.0.0.1');
      assert.equal(await sandbox.ownsAny(await listener.next()), false);
      socket.destroy();
    });
  });
}

/** Waits in real time, where the subject is what real processes do meanwhile. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** A folder that any user may enter and write. */
export function sharedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shared-'));
  chmodSync(folder, 0o777);
  return folder;
}

/** A loopback listener that hands out the addresses of whoever connects. */
export async function listen(): Promise<
  { readonly port: number; readonly next: () => Promise<PeerAddress> } & AsyncDisposable
> {
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
    server.emit('peer');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    next: async () => {
      if (sockets.length === 0) await once(server, 'peer');
      const socket = sockets.shift();
      return {
        localAddress: socket?.localAddress ?? '',
        localPort: socket?.localPort ?? 0,
        remoteAddress: socket?.remoteAddress ?? '',
        remotePort: socket?.remotePort ?? 0,
      };
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

/** Command lines that no other test uses at the same time. */
function ownSleeps(): [string, string, string] {
  const base = 1000 + Math.floor(systemRandom.fraction() * 1_000_000);
  return [`sleep ${base}.1`, `sleep ${base}.2`, `sleep ${base}.3`];
}

/** Command lines of running processes that begin so. */
export function processesNamed(beginnings: readonly string[]): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const lines = pids.map((pid) => {
    const file = `/proc/${pid}/cmdline`;
    try {
      return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ').trim() : '';
    } catch {
      return ''; // It ended between the two looks.
    }
  });
  return lines.filter((line) => beginnings.some((beginning) => line.startsWith(beginning)));
}
