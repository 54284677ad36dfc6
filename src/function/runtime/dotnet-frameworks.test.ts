import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { moveFrameworks } from './dotnet-frameworks.ts';

const TARGET = '.NETCoreApp,Version=v9.0/linux-x64';
/** As a publish with its own .NET writes it. */
const DESCRIPTION = {
  runtimeTarget: { name: TARGET, signature: '' },
  targets: {
    '.NETCoreApp,Version=v9.0': {},
    [TARGET]: {
      'app/1.0.0': { runtime: { 'app.dll': {} } },
      'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/9.0.7': {
        runtime: { 'System.Runtime.dll': { assemblyVersion: '9.0.0.0' } },
        native: { 'libcoreclr.so': {}, 'libhostfxr.so': {}, 'libhostpolicy.so': {} },
      },
      'runtimepack.Microsoft.AspNetCore.App.Runtime.linux-x64/9.0.7': {
        runtime: { 'Microsoft.AspNetCore.dll': {} },
      },
    },
  },
};

test('of a program with its own .NET, the files of the frameworks and no others become an installation', async (context) => {
  const [program, folder] = ['program', 'folder'].map(() => mkdtempSync(join(tmpdir(), 'millrace-net-'))) as [
    string,
    string,
  ];
  context.after(() => [program, folder].forEach((each) => rmSync(each, { recursive: true })));
  mkdirSync(folder, { recursive: true });
  const files = ['app.dll', 'System.Runtime.dll', 'Microsoft.AspNetCore.dll'];
  for (const name of [...files, 'libcoreclr.so', 'libhostfxr.so', 'libhostpolicy.so'])
    writeFileSync(join(program, name), name);
  writeFileSync(join(program, 'app.deps.json'), JSON.stringify(DESCRIPTION));
  await moveFrameworks(program, 'app.deps.json', folder);
  assert.deepEqual(readdirSync(program).toSorted(), ['app.deps.json', 'app.dll']);
  assert.equal(existsSync(join(folder, 'host/fxr/9.0.7/libhostfxr.so')), true);
  const [core, web] = ['NETCore', 'AspNetCore'].map((name) =>
    join(folder, 'shared', `Microsoft.${name}.App`, '9.0.7'),
  ) as [string, string];
  const described = 'Microsoft.NETCore.App.deps.json';
  const expected = [described, 'System.Runtime.dll', 'libcoreclr.so', 'libhostpolicy.so'];
  assert.deepEqual(readdirSync(core).toSorted(), expected);
  const { targets } = JSON.parse(readFileSync(join(core, described), 'utf8')) as typeof DESCRIPTION;
  assert.deepEqual(targets[TARGET], {
    'Microsoft.NETCore.App/9.0.7': {
      runtime: { 'System.Runtime.dll': { assemblyVersion: '9.0.0.0' } },
      native: { 'libcoreclr.so': {}, 'libhostpolicy.so': {} },
    },
  });
  // Which framework this one stands on.
  assert.match(
    readFileSync(join(web, 'Microsoft.AspNetCore.App.runtimeconfig.json'), 'utf8'),
    /"name":"Microsoft\.NETCore\.App","version":"9\.0\.7"/,
  );
});
