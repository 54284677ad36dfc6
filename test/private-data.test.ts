import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { roomyPlace } from '../src/base/memory-folder.ts';
import { backUp } from '../src/server/backup.ts';
import { freePort, Platform } from './crash/platform.ts';
import { copyProgram } from './isolation/program-copy.ts';

const [OWNER, OTHER] = [65_534, 65_533];
const SECRET = 'a-secret-in-a-variable-7Qx';
const HANDLER = 'exports.handler = async () => { console.log(process.env.TOKEN.length); return 1; };';
const isRoot = process.getuid?.() === 0;

/** Looks for a text in everything that its user can read below some folders, and in the command lines and variables of all processes. */
const SEEKER = `
const { readdirSync, readFileSync } = require('node:fs');
const [secret, ...roots] = process.argv.slice(1);
const found = [];
let read = 0;
function look(path) {
  try { if (readFileSync(path).includes(secret) && ++read) found.push(path); else read += 1; } catch {}
}
function walk(folder) {
  let entries = [];
  try { entries = readdirSync(folder, { withFileTypes: true }); } catch {}
  for (const entry of entries) entry.isDirectory() ? walk(folder + '/' + entry.name) : entry.isFile() && look(folder + '/' + entry.name);
}
roots.forEach(walk);
for (const pid of readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && Number(name) !== process.pid)) {
  look('/proc/' + pid + '/cmdline');
  look('/proc/' + pid + '/environ');
}
console.log(JSON.stringify({ found, read }));
`;

/** Where to look, and with what. */
interface Place {
  readonly data: string;
  readonly roots: readonly string[];
  /** A Node that every user can run. */
  readonly node: string;
}

/** Starts with nothing hidden by chance: every mode is what the program asks for, in a folder that all may enter. */
async function withSecret(who: number | undefined, look: (place: Place) => void): Promise<void> {
  const umask = process.umask(0);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-private-'));
  try {
    chmodSync(folder, 0o755);
    const dataDirectory = join(folder, 'data');
    mkdirSync(dataDirectory, { mode: 0o755 });
    using copy = copyProgram();
    if (who !== undefined) chownSync(dataDirectory, who, who);
    const variables = { PATH: process.env['PATH'] ?? '', HOME: copy.home, TMPDIR: copy.tmp };
    const run = who === undefined ? {} : { program: copy.command, user: who };
    const port = await freePort();
    await using platform = await Platform.start({ dataDirectory, port, variables, ...run });
    await deployAndInvoke(platform.port);
    const backup = join(folder, 'backup');
    mkdirSync(backup, { mode: 0o755 });
    const backedUp = await backUp(dataDirectory, backup);
    assert.ok(backedUp.ok);
    assert.ok(readFileSync(join(backup, 'millrace.db')).includes(SECRET), 'the backup has it too');
    look({
      data: dataDirectory,
      roots: [folder, copy.tmp, copy.home, roomyPlace()],
      node: copy.command[0] ?? '',
    });
  } finally {
    process.umask(umask);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function deployAndInvoke(port: number): Promise<void> {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const lambda = new LambdaClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials });
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: 'f', Role: 'arn:aws:iam::000000000000:role/any', Handler: 'index.handler' },
      ...{ Runtime: 'nodejs24.x', Environment: { Variables: { TOKEN: SECRET } } },
      Code: { ZipFile: zipSync({ 'index.js': strToU8(HANDLER) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName: 'f' });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'f' }));
  assert.equal(answer.Payload?.transformToString(), '1');
  lambda.destroy();
}

/** Files that hold the secret and that others could read if they could enter `root`. */
function openFiles(root: string): string[] {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = paths.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const isOpen = (path: string): boolean =>
    (statSync(path).mode & 0o077) !== 0 && (dirname(path) === root || isEnterable(dirname(path), root));
  return files.filter((path) => readFileSync(path).includes(SECRET) && isOpen(path));
}

function isEnterable(folder: string, root: string): boolean {
  if (folder === root) return true;
  return (statSync(folder).mode & 0o077) !== 0 && isEnterable(dirname(folder), root);
}

for (const who of isRoot ? [undefined, OWNER] : [undefined]) {
  const name = who === undefined ? 'this user' : 'an ordinary user';
  test(`variables of functions are out of reach of other users: platform of ${name}`, async () => {
    await withSecret(who, ({ data, roots, node }) => {
      assert.deepEqual([...openFiles(data), ...openFiles(join(data, '..', 'backup'))], []);
      const databases = readdirSync(data).filter((file) => file.startsWith('millrace.db'));
      assert.ok(databases.length >= 2, databases.join());
      for (const file of databases) assert.equal(statSync(join(data, file)).mode & 0o777, 0o600, file);
      assert.ok(
        readFileSync(join(data, 'millrace.db-wal')).includes(SECRET),
        'the secret is where it is kept',
      );
      if (isRoot) assert.deepEqual(foundBy(OTHER, node, roots), []);
    });
  });
}

/** What another user finds of the secret. */
function foundBy(user: number, node: string, roots: readonly string[]): string[] {
  const seeking = spawnSync(node, ['-e', SEEKER, SECRET, ...roots], {
    uid: user,
    gid: user,
    encoding: 'utf8',
  });
  const told = JSON.parse(seeking.stdout) as { found: string[]; read: number };
  assert.ok(told.read > 10, 'the other user reads what is for all');
  return told.found;
}
