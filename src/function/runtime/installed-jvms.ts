import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A Java virtual machine of this machine. */
export interface Jvm {
  /** Its folder, links followed. */
  readonly home: string;
  /** 8, 17, 25 … */
  readonly major: number;
  /** `17.0.15` */
  readonly version: string;
  /** Names this very build, for what is good for it alone. */
  readonly build: string;
}

/** Where Linux distributions and builders of Java put it, one folder for each; and where it is on the path. */
const FOLDERS = ['/usr/lib/jvm', '/usr/java', '/usr/lib64/jvm', '/opt', '/opt/java'];
const PROGRAMS = ['/usr/bin/java', '/usr/local/bin/java'];

/** Every Java of this machine, found by the `release` file that each has; newest version of each major last. */
export function installedJvms(folders = FOLDERS, programs = PROGRAMS): readonly Jvm[] {
  const homes = new Set([...folders.flatMap(homesIn), ...programs.flatMap(homeOf)]);
  const found = [...homes].map(readRelease).filter((jvm) => jvm !== undefined);
  return found.toSorted((one, other) =>
    one.version.localeCompare(other.version, undefined, { numeric: true }),
  );
}

/**
 * What runs code for Java `major` best: that very version, else the next newer one, for it runs older code, else the
 * newest there is. Undefined when there is none at all.
 */
export function fittingJvm(jvms: readonly Jvm[], major: number): Jvm | undefined {
  const same = jvms.findLast((jvm) => jvm.major === major);
  return same ?? jvms.find((jvm) => jvm.major > major) ?? jvms.at(-1);
}

function homesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder).map((name) => join(folder, name));
  return entries.filter((path) => existsSync(join(path, 'bin/java'))).map((path) => realpathSync(path));
}

function homeOf(program: string): readonly string[] {
  return existsSync(program) ? [dirname(dirname(realpathSync(program)))] : [];
}

function readRelease(home: string): Jvm | undefined {
  // The Java of a JDK 8 lies one folder deeper than what describes it.
  const file = [join(home, 'release'), join(home, '../release')].find((path) => existsSync(path));
  if (file === undefined) return undefined;
  const text = readFileSync(file, 'utf8');
  const version = /^JAVA_VERSION="([^"]+)"/m.exec(text)?.[1];
  if (version === undefined) return undefined;
  const major = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1]);
  const runtime = /^JAVA_RUNTIME_VERSION="([^"]+)"/m.exec(text)?.[1] ?? version;
  return { home, major, version, build: runtime.replaceAll(/[^A-Za-z0-9.+-]/g, '_') };
}
