// npm run check: everything that can be said of the code without running it. All checks run; each gets one line.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modules, pinnedNode, root } from './setup/project.mjs';

const FOLDERS = ['src', 'runtimes', 'ads', 'console', 'examples', 'test', 'bench', 'scripts'].filter((name) =>
  existsSync(join(root, name)),
);

const CHECKS = [
  { name: 'types', command: tool('tsc'), words: ['-p', '.'] },
  { name: 'lint', command: tool('oxlint'), words: FOLDERS },
  { name: 'format', command: tool('oxfmt'), words: ['--check'] },
  {
    name: 'house',
    command: pinnedNode,
    words: ['--test', '--test-reporter=dot', 'test/house.test.ts', 'test/house/*.test.ts'],
  },
  { name: 'unused', command: tool('knip'), words: ['--no-progress'] },
];

let failures = 0;
for (const check of CHECKS) {
  const { code, output, seconds } = await run(check);
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${check.name.padEnd(8)} ${seconds} s\n`);
  if (code === 0) continue;
  failures += 1;
  process.stdout.write(`${output.trimEnd()}\n\n`);
}
if (failures > 0) process.stdout.write(`${failures} of ${CHECKS.length} checks failed\n`);
process.exitCode = failures === 0 ? 0 : 1;

function tool(name) {
  return join(modules, '.bin', name);
}

function run({ command, words }) {
  const startedMs = performance.now();
  const path = `${join(modules, '.bin')}:${process.env.PATH ?? ''}`;
  const child = spawn(command, words, { cwd: root, env: { ...process.env, PATH: path, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  }
  return new Promise((resolve) => {
    const end = (code) =>
      resolve({ code, output, seconds: ((performance.now() - startedMs) / 1000).toFixed(1) });
    child.on('error', (error) => {
      output += `${error.message}\nRun: npm run setup\n`;
      end(1);
    });
    child.on('close', end);
  });
}
