import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What every sandbox sees of this machine. */
export interface MachineFiles {
  readonly etcFiles: Readonly<Record<string, string>>;
  readonly systemPaths: readonly string[];
  readonly systemLinks: Readonly<Record<string, string>>;
  /** Folders made for the sandboxes: where they stand inside, and their path on this machine. */
  readonly madeFolders: Readonly<Record<string, string>>;
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
  '/etc/os-release',
  '/etc/fonts',
  '/etc/mime.types',
  '/etc/services',
  '/etc/protocols',
];
/** The name of the host inside every sandbox. */
export const HOST_NAME = 'function';

const MADE: Readonly<Record<string, string>> = {
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  // Programs look up the name of their own host: a JVM that cannot find it fails.
  hosts: `127.0.0.1 localhost\n::1 localhost\n127.0.0.1 ${HOST_NAME}\n`,
};

const LOCALES = '/usr/lib/locale';
/** How glibc writes the name of the locale that AWS sets, `en_US.UTF-8`, and of the one that each of its machines has. */
const AWS_LOCALE = 'en_US.utf8';
const PLAIN_LOCALE = 'C.utf8';

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
  const locales = await madeLocales(folder);
  return {
    etcFiles,
    systemLinks,
    madeFolders: locales === undefined ? {} : { [LOCALES]: locales },
    systemPaths: ['/usr', ...folders, ...shared.filter((path) => existsSync(path))],
  };
}

/**
 * The locale that AWS sets makes UTF-8 of what programs read and name. A machine without it shows its plain one under
 * that name: otherwise Ruby and Java take everything for ASCII. Undefined: it is there, or cannot be made.
 */
async function madeLocales(folder: string): Promise<string | undefined> {
  const plain = join(LOCALES, PLAIN_LOCALE);
  const hasIt = [AWS_LOCALE, 'locale-archive'].some((name) => existsSync(join(LOCALES, name)));
  if (hasIt || !existsSync(plain)) return undefined;
  const made = join(folder, 'locale');
  await cp(plain, join(made, PLAIN_LOCALE), { recursive: true });
  await chmod(made, 0o755);
  await symlink(PLAIN_LOCALE, join(made, AWS_LOCALE));
  return made;
}
