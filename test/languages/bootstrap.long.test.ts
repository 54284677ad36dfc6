import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { RealFunctions, type PostedError } from './functions.ts';
import { missingPackages } from './packages.ts';
import { Project } from './projects.ts';

const noShell = missingPackages(['curl', 'jq'], ['sh', '-c', 'curl --version && jq --version']);
const noCompiler = missingPackages(
  ['gcc', 'libc6-dev', 'make'],
  ['sh', '-c', 'gcc --version && make --version'],
);
let functions: RealFunctions;
before(async () => {
  functions = await RealFunctions.start();
});
after(() => functions?.[Symbol.asyncDispose]());

async function failure(name: string, event: unknown): Promise<PostedError> {
  const { payload, isError } = await functions.invoke(name, event);
  assert.ok(isError, JSON.stringify(payload));
  return payload as PostedError;
}

test(
  'a shell script with curl and jq: an answer, an error, a batch with a bad message',
  { skip: noShell },
  async () => {
    using project = new Project('examples/shell', { isBuilt: true });
    await functions.deploy(project.folder, 'shell');
    assert.deepEqual((await functions.invoke('shell', { name: 'Ünal' })).payload, {
      greeting: 'Hello, Ünal!',
    });
    assert.match((await failure('shell', 5)).errorMessage, /Cannot index number/);
    const { dead, left, log } = await functions.feed('shell', ['{"name": "Grace"}', 'no JSON']);
    assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
    assert.match(log, /Hello, Grace!/);
  },
);

for (const [kind, flags] of [
  ['shared', ''],
  ['static', '-static'],
] as const) {
  const law = `a C program, ${kind}: an answer, an error, a batch with a bad message`;
  test(law, { skip: noCompiler }, async () => {
    using project = new Project('examples/c');
    execFileSync('make', ['-s', `LDFLAGS=${flags}`], { cwd: project.folder });
    const name = `c-${kind}`;
    await functions.deploy(project.folder, name);
    assert.deepEqual((await functions.invoke(name, { a: [1] })).payload, { a: [1] });
    assert.deepEqual(await failure(name, 5), {
      errorType: 'NotAnObject',
      errorMessage: 'the event is no object',
    });
    const { dead, left, log } = await functions.feed(name, ['1', 'no number', '41']);
    assert.deepEqual({ dead, left }, { dead: 'no number', left: 0 });
    assert.match(log, /sum 42, 1 no numbers/);
  });
}
