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

/** Ruby by our own bootstrap, on the Ruby of this machine. */
export class RubyRuntime implements Runtime {
  readonly ids = ['ruby3.2', 'ruby3.3', 'ruby3.4'];
  readonly preparation = 'plain';
  readonly #bootstrapFolder: string;
  readonly #programs = new InstalledPrograms();

  /** `bootstrapFolder`: `runtimes/ruby`. */
  constructor(bootstrapFolder: string) {
    this.#bootstrapFolder = bootstrapFolder;
  }

  async prepare(): Promise<void> {}

  async launch(settings: FunctionSettings, folder: string): Promise<Launch | NotLaunchable> {
    const ruby = await this.#find(settings.runtime);
    if (ruby === undefined) return notInstalled(MISSING);
    const { prefix } = ruby.told;
    const own = prefix === '/usr' || prefix.startsWith('/usr/') ? [] : [readOnly(prefix, prefix)];
    return {
      command: [ruby.path, `${RUNTIME_ROOT}/bootstrap.rb`],
      variables: {
        AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
        GEM_PATH: (await gemFolders(settings.runtime, ruby.told.abi, folder)).join(':'),
        PATH: `${dirname(ruby.path)}:/usr/local/bin:/usr/bin/:/bin:/opt/bin`,
        RUBYLIB: '/opt/ruby/lib',
      },
      mounts: [readOnly(this.#bootstrapFolder, RUNTIME_ROOT), ...own],
      door: 'frames',
    };
  }

  async probe(): Promise<Probe> {
    const ruby = await this.#find('ruby');
    if (ruby === undefined) return { available: false, sentence: MISSING };
    return { available: true, sentence: `Ruby ${ruby.told.version} at ${ruby.path}` };
  }

  /** The Ruby of this version when it is there under that name (`ruby3.3`), otherwise the one that is. */
  #find(runtime: string): Promise<InstalledProgram<Ruby> | undefined> {
    return this.#programs.find(questionFor(runtime));
  }
}

function questionFor(runtime: string): ProgramQuestion<Ruby> {
  const asked =
    'puts RbConfig.ruby, RUBY_VERSION, RbConfig::CONFIG["ruby_version"], RbConfig::CONFIG["prefix"]';
  return {
    names: runtime === 'ruby' ? ['ruby'] : [runtime, 'ruby'],
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
async function gemFolders(runtime: string, abi: string, folder: string): Promise<readonly string[]> {
  const bundled = await readdir(join(folder, 'vendor', 'bundle', 'ruby')).catch(() => []);
  const named = `${runtime.slice('ruby'.length)}.0`;
  const wanted = [...new Set([abi, named])];
  const inPackage = [...new Set([...wanted, ...bundled])];
  return [
    ...inPackage.map((version) => `${TASK_ROOT}/vendor/bundle/ruby/${version}`),
    ...wanted.map((version) => `/opt/ruby/gems/${version}`),
  ];
}

function readOnly(source: string, target: string): Launch['mounts'][number] {
  return { source, target, access: 'read-only' };
}
