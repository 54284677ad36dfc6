import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { whyNoWalls } from '../../src/sandbox/bubblewrap/fixture/open-walls.ts';
import { pause } from '../../src/sandbox/contract.ts';
import { CACHE } from '../conformance/clients/made-once.ts';
import { RealFunctions } from './functions.ts';
import { missingToolchain } from './projects.ts';

const skip = whyNoWalls ?? missingToolchain('cargo', '--version', 'https://rustup.rs');
const TARGET = join(CACHE, 'cargo');

/** Into the log, until everything is there; with an invocation before each ten. */
const MOST_LOOKS = 200;
const LOOKS_FOR_EACH = 10;

let functions: RealFunctions;
before(async () => {
  if (skip !== false) return;
  functions = await RealFunctions.start();
});
after(() => functions?.[Symbol.asyncDispose]());

/** What is told of an invocation and of its environment, as AWS's crate prints it once it has understood it. */
const UNDERSTOOD = [
  /PlatformInitStart \{ initialization_type: OnDemand, phase: Init/,
  /PlatformTelemetrySubscription \{ name: "listener", state: "Subscribed"/,
  /PlatformInitRuntimeDone \{ initialization_type: OnDemand, phase: Some\(Init\), status: Success/,
  /PlatformExtension \{ name: "listener", state: "Ready", events: \["INVOKE", "SHUTDOWN"\]/,
  /PlatformInitReport \{/,
  /PlatformStart \{ request_id: "[0-9a-f-]{36}", version: Some\("\$LATEST"\)/,
  /Function\(".*a line of the function"\)/,
  /PlatformRuntimeDone \{ request_id: "[0-9a-f-]{36}", status: Success/,
  /PlatformReport \{ request_id: "[0-9a-f-]{36}", status: Success/,
];

test(
  'an extension by AWS’s own crate runs as it is, and understands everything that it is told',
  { skip, timeout: 400_000 },
  async () => {
    const program = built();
    const name = await functions.create({
      ...{ runtime: 'nodejs24.x', handler: 'index.handler', variables: { MILLRACE_EXTENSIONS: 'package' } },
      files: {
        'index.mjs':
          "export const handler = async () => { console.log('a line of the function'); return 1; };",
        'extensions/listener': [program, { os: 3, attrs: 0o100755 * 65_536 }],
      },
    });
    let log = '';
    const isMissing = (each: RegExp): boolean => !each.test(log);
    for (let look = 0; look < MOST_LOOKS && UNDERSTOOD.some(isMissing); look += 1) {
      // What ends an invocation comes with a later one: between them nothing of the environment runs.
      if (look % LOOKS_FOR_EACH === 0) assert.equal((await functions.invoke(name)).payload, 1);
      await pause(50);
      log = await printedBy(name);
    }
    assert.deepEqual(UNDERSTOOD.filter(isMissing), [], log);
  },
);

async function printedBy(name: string): Promise<string> {
  const lines = JSON.parse(await functions.log(name)) as readonly { readonly text: string }[];
  return lines.map(({ text }) => text).join('\n');
}

function built(): Buffer {
  const cwd = join(import.meta.dirname, 'rust-extension');
  const env = { ...process.env, CARGO_TARGET_DIR: TARGET, CARGO_PROFILE_RELEASE_OPT_LEVEL: '0' };
  execFileSync('cargo', ['build', '--release', '--locked'], { cwd, env, stdio: 'inherit' });
  return readFileSync(join(TARGET, 'release', 'listener'));
}
