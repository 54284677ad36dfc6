import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from '../../sandbox/sandbox.ts';

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
/** A wrapper that asks or waits for something is no Python for us. */
const PROBE_LIMIT_MS = 10_000;
const OLDEST_MINOR = 9;

/** Finds Pythons by running them; what was found is asked again only when it has gone. */
export class PythonFinder {
  readonly #found = new Map<string, Promise<InstalledPython | undefined>>();
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
    for (const command of [this.#exact(minor), ...this.#fallbacks]) {
      const python = await this.#look(command);
      if (python !== undefined) return python;
    }
    return undefined;
  }

  async #look(command: string): Promise<InstalledPython | undefined> {
    const known = await this.#found.get(command);
    if (known !== undefined && (await isThere(known.executable))) return known;
    const looking = probe(command);
    this.#found.set(command, looking);
    return looking;
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

function probe(command: string): Promise<InstalledPython | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['-I', '-S', '-c', PROBE], { timeout: PROBE_LIMIT_MS }, (error, stdout) =>
      resolve(error === null ? read(stdout) : undefined),
    );
  });
}

/** Undefined for a Python that is too old for any of the runtimes. */
function read(printed: string): InstalledPython | undefined {
  const [executable = '', prefix = '', version = '', tag = ''] = JSON.parse(printed) as string[];
  const [, minor = '', number = '0'] = /^(3\.(\d+))\./.exec(version) ?? [];
  return Number(number) < OLDEST_MINOR ? undefined : { executable, prefix, version, minor, tag };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
