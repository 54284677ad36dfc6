import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { bundle } from '../setup/bundle.mjs';
import { root } from '../setup/project.mjs';
import { manifestFor, usedPackages } from './manifest.mjs';

const DOCUMENTS = ['README.md', 'LICENSE', 'ARCHITECTURE.md', 'GLOSSARY.md', 'PROMISES.md'];

/** Makes what is published in `dist`/package: the program in few files, checked. Answers its folder and its package.json. */
export async function buildPackage(dist) {
  const target = join(dist, 'package');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, 'bin'), { recursive: true });
  await bundle(join(target, 'src'));
  for (const name of ['millrace', 'millrace.js'])
    cpSync(join(root, 'scripts', 'package', name), join(target, 'bin', name));
  cpSync(join(root, 'bin', 'memory.sh'), join(target, 'bin', 'memory.sh'));
  cpSync(join(root, 'runtimes'), join(target, 'runtimes'), {
    recursive: true,
    filter: (path) => !/\.test\.\w+$|\/(?:fixtures?|node_modules)(?:\/|$)/.test(path),
  });
  const documents = DOCUMENTS.filter((name) => existsSync(join(root, name)));
  for (const name of documents) cpSync(join(root, name), join(target, name));
  const project = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = manifestFor(project, usedPackages(target), documents);
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await lint(target);
  return { target, manifest };
}

async function lint(target) {
  const { messages, pkg } = await publint({ pkgDir: target, strict: true });
  const found = messages.filter((message) => message.type !== 'suggestion');
  for (const message of found) process.stderr.write(`publint: ${formatMessage(message, pkg)}\n`);
  if (found.length > 0) throw new Error('the package is not as it should be');
}
