// npm run package [-- FOLDER]: what is published. Emitted JavaScript in FOLDER/package (dist/package), checked, and packed into FOLDER.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { manifestFor, usedPackages } from './package/manifest.mjs';
import { modules, root } from './setup/project.mjs';

const DOCUMENTS = ['README.md', 'LICENSE', 'ARCHITECTURE.md', 'GLOSSARY.md', 'PROMISES.md'];

const dist = resolve(process.argv[2] ?? join(root, 'dist'));
const target = join(dist, 'package');

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, 'bin'), { recursive: true });
emitSources();
cpSync(join(root, 'scripts', 'package', 'millrace.js'), join(target, 'bin', 'millrace.js'));
cpSync(join(root, 'runtimes'), join(target, 'runtimes'), {
  recursive: true,
  filter: (path) => !/\.test\.\w+$|\/(?:fixtures?|node_modules)(?:\/|$)/.test(path),
});
const documents = DOCUMENTS.filter((name) => existsSync(join(root, name)));
for (const name of documents) cpSync(join(root, name), join(target, name));
const project = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const manifest = manifestFor(project, usedPackages(target), documents);
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await lint();
pack();

/** The sources without tests as JavaScript, in folders of the same names, so that paths between them hold. */
function emitSources() {
  const source = join(root, 'src');
  const settings = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      rootDir: source,
      outDir: join(target, 'src'),
      typeRoots: [join(modules, '@types')],
    },
    include: [source],
    exclude: ['**/*.test.ts', '**/fixture', '**/fixtures', '**/contract*.ts'].map((name) =>
      join(source, name),
    ),
  };
  const file = join(dist, 'tsconfig.package.json');
  writeFileSync(file, JSON.stringify(settings));
  run(join(modules, '.bin', 'tsc'), ['-p', file]);
}

async function lint() {
  const { messages, pkg } = await publint({ pkgDir: target, strict: true });
  const found = messages.filter((message) => message.type !== 'suggestion');
  for (const message of found) process.stderr.write(`publint: ${formatMessage(message, pkg)}\n`);
  if (found.length > 0) throw new Error('the package is not as it should be');
}

function pack() {
  const { stdout } = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dist, target]);
  const answer = JSON.parse(stdout);
  const { filename } = Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
  process.stdout.write(`${join(dist, filename)}\n`);
}

function run(command, words) {
  const done = spawnSync(command, words, { cwd: root, encoding: 'utf8' });
  if (done.status === 0) return done;
  throw new Error(`${command} ${words.join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
}
