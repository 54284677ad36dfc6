import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
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
  // Where distributions put the settings of each Java: links lead there from its own folder.
  const java = readdirSync('/etc').filter((name) => /^java-[\w.-]+$/.test(name));
  const shared = [...SHARED_ETC, ...java.map((name) => `/etc/${name}`)];
  return {
    etcFiles,
    systemLinks,
    systemPaths: ['/usr', ...folders, ...shared.filter((path) => existsSync(path))],
  };
}
