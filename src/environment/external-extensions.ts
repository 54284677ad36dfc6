import { access, constants, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionSettings } from '../function/function.ts';
import type { Launch } from '../function/runtime/runtime.ts';
import type { Mount } from '../sandbox/sandbox.ts';

/** The function variable by which its owner says that its package brings extensions: `package`. AWS has no such setting. */
const VARIABLE = 'MILLRACE_EXTENSIONS';
const FOLDER = '/opt/extensions';
const LAUNCHER = '/run/millrace-extensions/launcher';
const WORDS = '/run/millrace-extensions/words';

/** Programs that run beside a function. */
export interface ExternalExtensions {
  /** By the names with which they must register: those of their files. */
  readonly names: readonly string[];
  /** The folder that holds them. */
  readonly folder: string;
}

/** The extensions in a function's layers, or else in its package; undefined when there are none. */
export async function externalExtensions(
  { variables }: FunctionSettings,
  { folder, layersFolder }: { readonly folder: string; readonly layersFolder: string | undefined },
): Promise<ExternalExtensions | undefined> {
  const ofLayers = layersFolder && (await extensionsIn(layersFolder));
  if (ofLayers) return ofLayers;
  return variables[VARIABLE] === 'package' ? extensionsIn(folder) : undefined;
}

async function extensionsIn(root: string): Promise<ExternalExtensions | undefined> {
  const folder = join(root, 'extensions');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const runs = await Promise.all(files.map((name) => isExecutable(join(folder, name))));
  const names = files.filter((_, at) => runs[at]).toSorted();
  return names.length === 0 ? undefined : { names, folder };
}

/** Where extensions and runtime are started together. */
export interface ExtendedLaunch {
  readonly launch: Launch;
  readonly mounts: readonly Mount[];
  readonly words?: LauncherWords;
}

/** What is said to the program that starts extensions. */
export interface LauncherWords {
  /** Every extension has registered: the runtime may start. */
  readonly go: () => void;
  /** The end that follows leaves the runtime no time. */
  readonly kill: () => Promise<void>;
}

/** The launch with the extensions before it. `place` is a folder private to the environment. */
export function withExtensions(
  launch: Launch,
  { folder }: ExternalExtensions,
  own: { readonly place: string; readonly launcherFolder: string },
): ExtendedLaunch {
  const command = ['/bin/sh', `${LAUNCHER}/launch.sh`, WORDS, FOLDER, ...launch.command];
  // Where the folder has gone, the environment has.
  const say = (word: string): Promise<void> => writeFile(join(own.place, word), '').catch(() => undefined);
  return {
    launch: { ...launch, command },
    mounts: [
      { source: folder, target: FOLDER, access: 'read-only' },
      { source: own.launcherFolder, target: LAUNCHER, access: 'read-only' },
      { source: own.place, target: WORDS, access: 'read-only' },
    ],
    words: { go: () => void say('go'), kill: () => say('kill') },
  };
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
