// Before and after `npm pack` in the root: the root's package.json is one for working on the project, so that what npm packs
// needs another while it packs.   node scripts/package/in-place.mjs before | after
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepManifest, restoreManifest } from '../setup/kept-manifest.mjs';
import { root } from '../setup/project.mjs';

const FOLDER = 'dist/package';

if (process.argv[2] === 'after') restoreManifest();
else {
  // What the builder needs may not be here, and is not needed to bring the package.json back.
  const { buildPackage } = await import('./build.mjs');
  const { manifest } = await buildPackage(join(root, 'dist'));
  keepManifest();
  writeFileSync(join(root, 'package.json'), `${JSON.stringify(inFolder(manifest), null, 2)}\n`);
}

/** The same package with its files where they stand in the root. */
function inFolder(manifest) {
  const parts = ['bin', 'src', 'runtimes', 'package.json'].map((name) => `${FOLDER}/${name}`);
  const documents = manifest.files.filter((name) => name.endsWith('.md') || name === 'LICENSE');
  return { ...manifest, bin: { millrace: `${FOLDER}/bin/millrace` }, files: [...parts, ...documents] };
}
