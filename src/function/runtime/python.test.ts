import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ManualClock } from '../../base/manual-clock.ts';
import { systemRandom as random } from '../../base/random.ts';
import type { WatchEvent } from '../../watch/event.ts';
import type { FunctionSettings } from '../function.ts';
import { BroughtParts } from './brought-parts.ts';
import { insideSandbox, PythonFinder } from './installed-python.ts';
import { pythonRuntimes } from './python.ts';
import type { Runtime } from './runtime.ts';

/** A command that answers our question as a Python does, and does for `pip` what the test says. */
function pretended(context: TestContext, version: string, pip = 'exit 0'): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-python-'));
  context.after(() => rmSync(root, { recursive: true }));
  const command = join(root, 'python');
  const tag = `cpython-${version.split('.').slice(0, 2).join('')}`;
  const facts = JSON.stringify([command, root, version, tag]);
  writeFileSync(command, `#!/bin/sh\ncase "$1" in -I) echo '${facts}';; *) ${pip};; esac\n`);
  chmodSync(command, 0o755);
  return command;
}

interface Pretended {
  readonly runtime: (id: string) => Runtime;
  readonly told: WatchEvent[];
  readonly clock: ManualClock;
}

function pretend(context: TestContext, command: string, signal?: AbortSignal): Pretended {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-python-cache-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const told: WatchEvent[] = [];
  const clock = new ManualClock(0);
  const tell = (event: WatchEvent): void => void told.push(event);
  const brought = new BroughtParts({ directory, clock, random, tell, ...(signal && { signal }) });
  const finder = new PythonFinder([command], (minor) => `no-python${minor}`);
  const runtimes = pythonRuntimes({ brought, clock, tell, finder, launcherFolder: '/launcher' });
  const runtime = (id: string): Runtime => runtimes.find(({ ids }) => ids.includes(id)) ?? assert.fail(id);
  return { runtime, told, clock };
}

const SETTINGS = { runtime: 'python3.13', handler: 'app.handler' } as FunctionSettings;

test('without a Python, a function and the list of runtimes name the package that brings it', async (context) => {
  const { runtime } = pretend(context, '/no/such/python');
  const launched = await runtime('python3.13').launch(SETTINGS, '/code');
  assert.ok('kind' in launched);
  assert.equal(launched.errorType, 'Runtime.NotInstalled');
  assert.match(launched.reason, /apt-get install python3 python3-pip/);
  assert.deepEqual(await runtime('python3.13').probe(), { available: false, sentence: launched.reason });
});

test('a Python that is too old is none', async (context) => {
  const { runtime } = pretend(context, pretended(context, '3.8.10'));
  assert.equal((await runtime('python3.9').probe()).available, false);
});

test('the machine’s Python runs the runtimes of all versions, and it is said which it is', async (context) => {
  const command = pretended(context, '3.11.7');
  const { runtime } = pretend(context, command);
  const sentence = `Python 3.11.7 at ${command}, awslambdaric 4.2.2 (fetched from PyPI at the first use)`;
  const probe = { available: true, version: '3.11.7', sentence };
  assert.deepEqual(await runtime('python3.11').probe(), { ...probe, isExact: true });
  assert.deepEqual(await runtime('python3.13').probe(), { ...probe, isExact: false });
});

test('that another version runs a function is told to the operator, once', async (context) => {
  const command = pretended(context, '3.11.7');
  const { runtime, told } = pretend(context, command);
  for (const id of ['python3.11', 'python3.13', 'python3.13']) await runtime(id).prepare('/code');
  const what = `runs on Python 3.11.7 (${command}): Python 3.13 is not installed here.`;
  const noticed = told.filter((event) => event.kind === 'noticed');
  assert.deepEqual(noticed, [{ kind: 'noticed', where: 'python3.13', what }]);
});

test('the Python of the very version is taken where there is one', async (context) => {
  const [eleven, thirteen] = [pretended(context, '3.11.7'), pretended(context, '3.13.1')];
  const finder = new PythonFinder([eleven], (minor) => (minor === '3.13' ? thirteen : `no-python${minor}`));
  assert.equal((await finder.find('3.13'))?.version, '3.13.1');
  assert.equal((await finder.find('3.12'))?.version, '3.11.7');
});

test('a Python that was removed while the platform runs is looked for again', async (context) => {
  const [first, second] = [pretended(context, '3.11.7'), pretended(context, '3.12.1')];
  const finder = new PythonFinder([first, second], (minor) => `no-python${minor}`);
  assert.equal((await finder.find('3.11'))?.version, '3.11.7');
  rmSync(first);
  assert.equal((await finder.find('3.11'))?.version, '3.12.1');
});

test('of a Python outside the system’s folders nothing is shown but interpreter and library', async (context) => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-home-'));
  context.after(() => rmSync(home, { recursive: true }));
  const python = {
    executable: `${home}/bin/python3.11`,
    prefix: home,
    version: '3.11.7',
    minor: '3.11',
    tag: '',
  };
  const { command, mounts } = insideSandbox(python);
  assert.equal(command, '/var/lang/bin/python3.11');
  assert.deepEqual(
    mounts.map(({ source, target, access }) => [source, target, access]),
    [
      [`${home}/bin/python3.11`, '/var/lang/bin/python3.11', 'read-only'],
      [`${home}/bin/python3.11`, '/var/lang/bin/python3', 'read-only'],
      [`${home}/lib`, '/var/lang/lib', 'read-only'],
    ],
  );
  const system = { ...python, executable: '/usr/bin/python3.11', prefix: '/usr' };
  assert.deepEqual(insideSandbox(system), { command: '/usr/bin/python3.11', mounts: [] });
});

test('a function runs on our own client while AWS’s cannot be fetched, and on AWS’s as soon as it can', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-pypi-'));
  context.after(() => rmSync(root, { recursive: true }));
  const reachable = join(root, 'reachable');
  const command = pretended(
    context,
    '3.12.1',
    `test -e ${reachable} || { echo "ERROR: No wheel fits" >&2; exit 1; }`,
  );
  const { runtime, told, clock } = pretend(context, command);
  const words = async (): Promise<readonly string[]> => {
    const launched = await runtime('python3.12').launch(SETTINGS, '/code');
    return 'kind' in launched ? assert.fail(launched.reason) : launched.command.slice(-4);
  };
  assert.deepEqual(await words(), ['/var/task', '', '', 'app.handler']);
  const why = new Map(told.map((event) => (event.kind === 'brought' ? [event.line, event.why] : ['', ''])));
  assert.equal(why.get('python3.12: fetching awslambdaric 4.2.2 from PyPI'), 'pip: No wheel fits');
  assert.equal(why.get('python3.12: fetching boto3 1.44.8 from PyPI'), 'pip: No wheel fits');
  const noticed = new Map(
    told.map((event) => (event.kind === 'noticed' ? [event.where, event.what] : ['', ''])),
  );
  assert.equal(
    noticed.get('python3.12: awslambdaric'),
    'until it can be fetched, functions run on Millrace’s own client.',
  );
  mkdirSync(reachable);
  assert.deepEqual(await words(), ['/var/task', '', '', 'app.handler'], 'it is not tried at every start');
  clock.advance(60_001);
  assert.deepEqual(await words(), ['/var/task', '/var/runtime/client', '/var/runtime/sdk', 'app.handler']);
});

test('a machine without pip is told which package brings it', async (context) => {
  const command = pretended(context, '3.11.2', 'echo "$0: No module named pip" >&2; exit 1');
  const { runtime, told } = pretend(context, command);
  await runtime('python3.11').prepare('/code');
  const why = told.map((event) => event.kind === 'brought' && event.why);
  assert.equal(
    why[0],
    `${command} has no pip: install it (on Debian and Ubuntu: apt-get install python3-pip).`,
  );
});

test('a platform that stops does not wait for pip', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-pip-'));
  context.after(() => rmSync(root, { recursive: true }));
  const command = pretended(context, '3.11.2', `: > ${root}/begun; exec sleep 600`);
  const stop = new AbortController();
  const { runtime } = pretend(context, command, stop.signal);
  const watching = watch(root);
  const begun = once(watching, 'change');
  const prepared = runtime('python3.11').prepare('/code');
  await begun;
  watching.close();
  stop.abort();
  await prepared;
});
