import { join } from 'node:path';
import { ensureBubblewrap } from './bubblewrap.mjs';
import { bundleCopy, isBundled } from './bundle.mjs';
import { SetupLock } from './lock.mjs';
import { installPackages, nodeProblem } from './packages.mjs';
import { restoreManifest } from './kept-manifest.mjs';
import { nodePackage, root } from './project.mjs';
import { say } from './say.mjs';
import { isInstalled, isLinked, readStamp, removeStamp, wantedStamp, writeStamp } from './stamp.mjs';

/** Does what is missing, or nothing; answers the exit code. */
export async function runSetup() {
  // A packing that was killed leaves the package.json of what is published in its place.
  restoreManifest();
  if (nodePackage() === undefined) {
    say(unsupported());
    return 1;
  }
  if (!isInstalled()) {
    const problem = await alone(install);
    if (problem !== undefined) {
      say(problem);
      return 1;
    }
  }
  if (!isBundled()) {
    const problem = await alone(bundleOnce);
    if (problem !== undefined) say(`the program loads from its sources, in twice the time: ${problem}`);
  }
  const stamp = readStamp();
  const bubblewrapTried = ensureBubblewrap(stamp.bubblewrapTried === true);
  if (bubblewrapTried !== (stamp.bubblewrapTried === true) && !isLinked()) {
    writeStamp({ ...stamp, bubblewrapTried });
  }
  return 0;
}

/** Does `work` while no other set-up of this copy is at work; answers what went wrong, if anything. */
async function alone(work) {
  const lock = new SetupLock(join(root, '.setup'));
  try {
    await lock.acquire(say);
    return await work(lock);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    lock.release();
  }
}

async function install(lock) {
  if (isInstalled()) return undefined;
  if (isLinked())
    return 'node_modules is a link to a folder without the packages; remove the link and run this again.';
  removeStamp();
  await installPackages((pid) => lock.setChild(pid));
  const problem = nodeProblem();
  if (problem !== undefined) return problem;
  writeStamp({ packages: wantedStamp() });
  say('done.');
  return undefined;
}

async function bundleOnce() {
  if (!isBundled()) await bundleCopy();
}

function unsupported() {
  const here = `${process.platform} (${process.arch})`;
  return `Millrace runs on Linux (x64 and arm64), not on ${here}; on macOS use a Linux virtual machine, on Windows WSL 2.`;
}
