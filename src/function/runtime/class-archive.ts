import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionSettings } from '../function.ts';
import type { Jvm } from './installed-jvms.ts';
import { CLIENT_VERSION } from './java-client.ts';
import type { Launch, Priming } from './runtime.ts';

/** Where the archive stands inside the sandbox. */
const FOLDER = '/var/lang/class-archive';
const FILE = 'classes.jsa';
const ARCHIVE = `${FOLDER}/${FILE}`;

/** A function's own variable by which its owner says that its code is not to run at upload: `off`. */
const SWITCH = 'MILLRACE_PRIMING';

/** The first Java that makes an archive of what a program has loaded when it ends (JEP 350). */
const FIRST_JAVA = 13;
/** Options with which no archive is made, or which name another. */
const FOREIGN = /-javaagent:|-agentpath:|-agentlib:|-Xshare:|SharedArchiveFile|ArchiveClassesAtExit/;

/** The JVM's priming: an archive of the classes that are loaded until the function is ready (AppCDS). */
export function classArchivePriming(
  jvm: () => Jvm | undefined,
  ownersOptions: (settings: FunctionSettings) => readonly (string | undefined)[],
): Priming {
  return {
    get version() {
      return `jvm-${jvm()?.build ?? 'none'}-${CLIENT_VERSION}-1`;
    },
    target: FOLDER,
    isWorthwhile: async (settings) => {
      if (settings.variables[SWITCH] === 'off' || (jvm()?.major ?? 0) < FIRST_JAVA) return false;
      return !ownersOptions(settings).some((text) => text !== undefined && FOREIGN.test(text));
    },
    make: (launch) => withOption(launch, `-XX:ArchiveClassesAtExit=${ARCHIVE}`),
    whatIsMissing: async (folder) => {
      const found = await stat(join(folder, FILE)).catch(() => undefined);
      return found?.isFile() === true ? undefined : 'the JVM wrote no archive of its classes';
    },
    use: (launch) => withOption(launch, `-XX:SharedArchiveFile=${ARCHIVE}`),
  };
}

function withOption(launch: Launch, option: string): Launch {
  const [java = '', ...words] = launch.command;
  return { ...launch, command: [java, option, ...words] };
}
