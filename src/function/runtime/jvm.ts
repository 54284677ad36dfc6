import { readdir } from 'node:fs/promises';
import type { Mount } from '../../sandbox/sandbox.ts';
import type { FunctionSettings } from '../function.ts';
import type { BroughtParts } from './brought-parts.ts';
import { classArchivePriming } from './class-archive.ts';
import { javaOf } from './class-file.ts';
import { handlerClass, handlerVersion, jarsOf } from './handler-class.ts';
import { fittingJvm, installedJvms, type Jvm } from './installed-jvms.ts';
import { CLIENT_CLASS, CLIENT_JARS, javaClient } from './java-client.ts';
import { jvmOptions } from './jvm-options.ts';
import { RUNTIME_ROOT, TASK_ROOT, type Launch, type NotLaunchable } from './runtime.ts';
import type { Priming, Probe, Runtime } from './runtime.ts';

const IDS: Readonly<Record<string, number>> = {
  'java8.al2': 8,
  java11: 11,
  java17: 17,
  java21: 21,
  java25: 25,
  'java8.al2023': 8,
  'java11.al2023': 11,
  'java17.al2023': 17,
};

/** The jars of layers; where there are none, the JVM passes over it. */
const LAYERS = '/opt/java/lib/*';

/** What the JVM runtimes need from the platform and the machine. */
export interface JvmRuntimeOptions {
  readonly brought: Pick<BroughtParts, 'find' | 'ensure'>;
  /** Every Java that is installed now. */
  readonly installed?: () => readonly Jvm[];
}

/** The runtimes of Java and of whatever else becomes classes and jars: one for each of AWS's names. */
export function jvmRuntimes(options: JvmRuntimeOptions): readonly Runtime[] {
  return Object.entries(IDS).map(([id, major]) => new JvmRuntime(id, major, options));
}

/**
 * Runs a function on an installed JVM by AWS's own client, which reads classes at the root of the package, jars in its
 * `lib`, and jars of layers.
 */
class JvmRuntime implements Runtime {
  readonly ids: readonly string[];
  readonly preparation = 'plain';
  readonly priming: Priming;
  readonly #client = javaClient();
  readonly #major: number;
  readonly #options: JvmRuntimeOptions;
  #jvm: Jvm | undefined;

  constructor(id: string, major: number, options: JvmRuntimeOptions) {
    this.ids = [id];
    this.#major = major;
    this.#options = options;
    this.priming = classArchivePriming(() => this.#look(), ownersOptions);
  }

  /** Nothing changes; what is not here yet is fetched now rather than at the first invocation, which tells a failure. */
  async prepare(): Promise<void> {
    if (this.#look() !== undefined) await this.#options.brought.ensure(this.#client);
  }

  async launch(settings: FunctionSettings, folder: string): Promise<Launch | NotLaunchable> {
    const jvm = this.#look();
    if (jvm === undefined) return notLaunchable('Runtime.NotInstalled', this.#missing());
    const tooNew = await this.#tooNew(jvm, settings, folder);
    if (tooNew !== undefined) return notLaunchable('java.lang.UnsupportedClassVersionError', tooNew);
    const client = await this.#options.brought.ensure(this.#client);
    if (!client.ok) return notLaunchable('Runtime.NotInstalled', client.failure.reason);
    const options = jvmOptions(jvm.major, settings.memorySizeMb, ownersOptions(settings));
    const classPath = [...CLIENT_JARS.map((jar) => `${RUNTIME_ROOT}/lib/${jar}`), ...(await ownJars(folder))];
    const program = ['-cp', classPath.join(':'), CLIENT_CLASS, settings.handler];
    return {
      command: [`${jvm.home}/bin/java`, ...options, ...program],
      variables: { AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}` },
      mounts: [readOnly(client.value, `${RUNTIME_ROOT}/lib`), ...ownFolder(jvm)],
      door: 'http',
    };
  }

  async probe(): Promise<Probe> {
    const jvm = this.#look();
    if (jvm === undefined) return { available: false, sentence: this.#missing() };
    const { version, home, major } = jvm;
    const sentence = `Java ${version} at ${home}`;
    return { available: true, version, sentence, isExact: major === this.#major };
  }

  /** What was found stays; what was missing may have been installed since. */
  #look(): Jvm | undefined {
    this.#jvm ??= fittingJvm((this.#options.installed ?? installedJvms)(), this.#major);
    return this.#jvm;
  }

  #missing(): string {
    return `There is no Java on this machine: apt install default-jre-headless (or another, for ${this.ids[0]}).`;
  }

  /** A sentence when the handler's class was compiled for a newer Java than runs it here. */
  async #tooNew(jvm: Jvm, { handler }: FunctionSettings, folder: string): Promise<string | undefined> {
    const version = await handlerVersion(folder, handler);
    if (version === undefined || javaOf(version) <= jvm.major) return undefined;
    const java = javaOf(version);
    return (
      `${handlerClass(handler)} was compiled for Java ${java} (class file version ${version}), and ` +
      `${this.ids[0]} runs on Java ${jvm.version} here. Compile it for Java ${jvm.major}, or choose java${java} ` +
      `and have that installed: apt install openjdk-${java}-jre-headless.`
    );
  }
}

/** The variables by which the owner of a function gives its JVM more options. */
function ownersOptions({ variables }: FunctionSettings): readonly (string | undefined)[] {
  return [variables['JAVA_TOOL_OPTIONS'], variables['JDK_JAVA_OPTIONS'], variables['_JAVA_OPTIONS']];
}

/**
 * The jars of a package that consists of jars alone, and of layers. Classes of the class path come out of an archive
 * without their jar being read; those that AWS's client loads itself do not. With classes at the root of the package none
 * may stand there: the client loads those, and code in jars would not see them.
 */
async function ownJars(folder: string): Promise<readonly string[]> {
  const others = (await readdir(folder)).filter((name) => name !== 'lib' && name !== 'META-INF');
  const jars = others.length > 0 ? [] : await jarsOf(folder);
  return jars.length === 0 ? [] : [...jars.map((jar) => `${TASK_ROOT}/lib/${jar}`), LAYERS];
}

/** Every sandbox sees /usr; a JVM elsewhere is shown where it is, for that path is in its own settings. */
function ownFolder({ home }: Jvm): readonly Mount[] {
  return home.startsWith('/usr/') ? [] : [readOnly(home, home)];
}

function readOnly(source: string, target: string): Mount {
  return { source, target, access: 'read-only' };
}

function notLaunchable(errorType: string, reason: string): NotLaunchable {
  return { kind: 'not-launchable', errorType, reason };
}
