import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AwsCli } from './aws-cli.ts';
import { madeOnce, MAKING_MS } from './made-once.ts';

const run = promisify(execFile);

/** Debian 12 has version 2.9 of the AWS CLI, which speaks the Query protocol to SQS; with all that it needs. */
const PACKAGES = [
  ...['awscli', 'python3-awscrt', 'python3-pyasn1', 'python3-colorama', 'python3-cryptography'],
  ...['python3-cffi-backend', 'python3-dateutil', 'python3-distro', 'python3-docutils', 'python3-jmespath'],
  ...['python3-prompt-toolkit', 'python3-wcwidth', 'python3-ruamel.yaml', 'python3-ruamel.yaml.clib'],
  ...['python3-urllib3', 'python3-six', 'python3-roman'],
];

/** Version 2 of the AWS CLI as Debian 12 packs it, unpacked beside the system; or a sentence why it cannot be had. */
export async function debianAwsCli(): Promise<AwsCli | string> {
  if (!isDebian12()) return 'the AWS CLI 2.9 is packed for Debian 12 alone';
  const made = await madeOnce('debian-aws-cli-1', 'packages of Debian', async (folder) => {
    await run('apt-get', ['download', ...PACKAGES], { cwd: folder, timeout: MAKING_MS });
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', file, 'root'], { cwd: folder });
      await rm(join(folder, file));
    }
  });
  if (!made.ok) return made.why;
  const root = join(made.folder, 'root', 'usr');
  return {
    python: '/usr/bin/python3',
    env: { PYTHONPATH: join(root, 'lib', 'python3', 'dist-packages') },
  };
}

function isDebian12(): boolean {
  const file = '/etc/os-release';
  if (!existsSync(file) || !existsSync('/usr/bin/python3')) return false;
  const text = readFileSync(file, 'utf8');
  return /^ID=debian$/m.test(text) && /^VERSION_ID="12"$/m.test(text);
}
