import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What every sandbox sees of this machine. */
export interface MachineFiles {
  readonly etcFiles: Readonly<Record<string, string>>;
  readonly systemPaths: readonly string[];
  readonly systemLinks: Readonly<Record<string, string>>;
}

const TOP_FOLDERS = ['/bin', '/sbin', '/lib', '/lib64', '/lib32'];
/** What programs look up in /etc and what tells nothing of this machine's users. */
const SHARED_ETC = [
  '/etc/ssl',
  '/etc/pki',
  '/etc/ca-certificates',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/mime.types',
  '/etc/services',
  '/etc/protocols',
  '/etc/java-17-openjdk',
];
const MADE: Readonly<Record<string, string>> = {
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
};

/** Makes the small /etc of the sandboxes in `folder`, and finds what of this machine they need. */
export async function machineFiles(folder: string): Promise<MachineFiles> {
  const etcFiles: Record<string, string> = {};
  for (const [name, text] of Object.entries(MADE)) {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o644 });
    etcFiles[name] = path;
  }
  if (existsSync('/etc/resolv.conf')) etcFiles['resolv.conf'] = realpathSync('/etc/resolv.conf');
  const links = TOP_FOLDERS.filter(
    (path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true,
  );
  const systemLinks = Object.fromEntries(links.map((path) => [path, readlinkSync(path)]));
  const folders = TOP_FOLDERS.filter((path) => !links.includes(path) && existsSync(path));
  return {
    etcFiles,
    systemLinks,
    systemPaths: ['/usr', ...folders, ...SHARED_ETC.filter((path) => existsSync(path))],
  };
}
