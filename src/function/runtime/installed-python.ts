import { join } from 'node:path';
import type { Mount } from '../../sandbox/sandbox.ts';
import { InstalledPrograms, type InstalledProgram } from './installed-program.ts';

/** A Python of this machine. */
export interface InstalledPython {
  /** The interpreter itself: no link, no wrapper, not that of a virtual environment. */
  readonly executable: string;
  /** The folder it was installed under; its library is in `lib` there. */
  readonly prefix: string;
  /** `3.11.7`. */
  readonly version: string;
  /** `3.11`. */
  readonly minor: string;
  /** Names the form of its bytecode: `cpython-311`. */
  readonly tag: string;
}

const PROBE = `
import json, os, sys
base = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
print(json.dumps([base, sys.base_prefix, "%d.%d.%d" % sys.version_info[:3], sys.implementation.cache_tag]))`;
const OLDEST_MINOR = 9;

/** Finds Pythons by running them. */
export class PythonFinder {
  readonly #programs = new InstalledPrograms();
  readonly #fallbacks: readonly string[];
  readonly #exact: (minor: string) => string;

  /** `exact` names the command of one version; `fallbacks` are tried in order where that is not there. */
  constructor(
    fallbacks: readonly string[] = ['python3', '/usr/bin/python3'],
    exact = (minor: string): string => `python${minor}`,
  ) {
    this.#fallbacks = fallbacks;
    this.#exact = exact;
  }

  /** The Python of this version (`3.13`) if there is one, else the machine's `python3`; undefined without any. */
  async find(minor: string): Promise<InstalledPython | undefined> {
    const names = [this.#exact(minor), ...this.#fallbacks];
    const found = await this.#programs.find({ names, args: ['-I', '-S', '-c', PROBE], read });
    return found?.told;
  }
}

/** Where Python stands inside a sandbox that does not see it in the system's own folders. */
const LANGUAGE_ROOT = '/var/lang';

/** How a Python is started inside a sandbox, and what of this machine must be shown there for it. */
export function insideSandbox(python: InstalledPython): {
  readonly command: string;
  readonly mounts: readonly Mount[];
} {
  // Every sandbox sees /usr. Elsewhere, which may be somebody's home, only interpreter and library are shown.
  if (python.executable.startsWith('/usr/') && isBelow(python.prefix, '/usr'))
    return { command: python.executable, mounts: [] };
  const command = `${LANGUAGE_ROOT}/bin/python${python.minor}`;
  const show = (source: string, target: string): Mount => ({ source, target, access: 'read-only' });
  return {
    command,
    mounts: [
      show(python.executable, command),
      show(python.executable, `${LANGUAGE_ROOT}/bin/python3`),
      show(join(python.prefix, 'lib'), `${LANGUAGE_ROOT}/lib`),
    ],
  };
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Undefined for a Python that is too old for any of the runtimes. */
function read(printed: string): InstalledProgram<InstalledPython> | undefined {
  const [executable = '', prefix = '', version = '', tag = ''] = JSON.parse(printed) as string[];
  const [, minor = '', number = '0'] = /^(3\.(\d+))\./.exec(version) ?? [];
  if (Number(number) < OLDEST_MINOR) return undefined;
  return { path: executable, told: { executable, prefix, version, minor, tag } };
}
