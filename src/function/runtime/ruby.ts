import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FunctionSettings } from '../function.ts';
import { InstalledPrograms, type InstalledProgram, type ProgramQuestion } from './installed-program.ts';
import type { Launch, NotLaunchable, Probe, Runtime } from './runtime.ts';
import { notInstalled, RUNTIME_ROOT, TASK_ROOT } from './runtime.ts';

/** What Ruby says of itself. */
interface Ruby {
  /** `3.1.2`. */
  readonly version: string;
  /** The version that compiled gems are made for: `3.1.0`. */
  readonly abi: string;
  /** The folder that it is installed below. */
  readonly prefix: string;
}

const MISSING = 'Ruby is not installed on this machine: apt-get install ruby';

/** One runtime for each name that AWS has given to Ruby. `bootstrapFolder`: `runtimes/ruby`. */
export function rubyRuntimes(bootstrapFolder: string): readonly Runtime[] {
  const programs = new InstalledPrograms();
  return ['3.2', '3.3', '3.4', '4.0'].map((minor) => new RubyRuntime(minor, bootstrapFolder, programs));
}

/** Ruby by our own bootstrap, on the Ruby of this machine: that very version if it is there under its name. */
class RubyRuntime implements Runtime {
  readonly ids: readonly string[];
  readonly preparation = 'plain';
  readonly #minor: string;
  readonly #bootstrapFolder: string;
  readonly #programs: InstalledPrograms;

  constructor(minor: string, bootstrapFolder: string, programs: InstalledPrograms) {
    this.ids = [`ruby${minor}`];
    this.#minor = minor;
    this.#bootstrapFolder = bootstrapFolder;
    this.#programs = programs;
  }

  async prepare(): Promise<void> {}

  async launch(settings: FunctionSettings, folder: string): Promise<Launch | NotLaunchable> {
    const ruby = await this.#find();
    if (ruby === undefined) return notInstalled(MISSING);
    const { prefix } = ruby.told;
    const own = prefix === '/usr' || prefix.startsWith('/usr/') ? [] : [readOnly(prefix, prefix)];
    return {
      command: [ruby.path, `${RUNTIME_ROOT}/bootstrap.rb`],
      variables: {
        AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
        GEM_PATH: (await gemFolders(this.#minor, ruby.told.abi, folder)).join(':'),
        PATH: `${dirname(ruby.path)}:/usr/local/bin:/usr/bin/:/bin:/opt/bin`,
        RUBYLIB: '/opt/ruby/lib',
      },
      mounts: [readOnly(this.#bootstrapFolder, RUNTIME_ROOT), ...own],
      door: 'frames',
    };
  }

  async probe(): Promise<Probe> {
    const ruby = await this.#find();
    if (ruby === undefined) return { available: false, sentence: MISSING };
    const { version } = ruby.told;
    const isExact = version.startsWith(`${this.#minor}.`);
    return { available: true, sentence: `Ruby ${version} at ${ruby.path}`, version, isExact };
  }

  #find(): Promise<InstalledProgram<Ruby> | undefined> {
    return this.#programs.find(questionFor(this.#minor));
  }
}

/** `ruby3.3` is Debian's name for that version; `ruby` is whichever the machine has. */
function questionFor(minor: string): ProgramQuestion<Ruby> {
  const asked =
    'puts RbConfig.ruby, RUBY_VERSION, RbConfig::CONFIG["ruby_version"], RbConfig::CONFIG["prefix"]';
  return {
    names: [`ruby${minor}`, 'ruby'],
    args: ['--disable-gems', '-rrbconfig', '-e', asked],
    read: (printed) => {
      const [path, version, abi, prefix] = printed.split('\n');
      if (!path?.startsWith('/') || !version || !abi || !prefix?.startsWith('/')) return undefined;
      return { path, told: { version, abi, prefix } };
    },
  };
}

/**
 * Where gems are looked for: with the package and in layers, for the version that the function names and for the one
 * that runs it. Gems without compiled parts run on either.
 */
async function gemFolders(minor: string, abi: string, folder: string): Promise<readonly string[]> {
  const bundled = await readdir(join(folder, 'vendor', 'bundle', 'ruby')).catch(() => []);
  const wanted = [...new Set([abi, `${minor}.0`])];
  const inPackage = [...new Set([...wanted, ...bundled])];
  return [
    ...inPackage.map((version) => `${TASK_ROOT}/vendor/bundle/ruby/${version}`),
    ...wanted.map((version) => `/opt/ruby/gems/${version}`),
  ];
}

function readOnly(source: string, target: string): Launch['mounts'][number] {
  return { source, target, access: 'read-only' };
}
