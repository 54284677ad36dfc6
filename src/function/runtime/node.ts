import type { FunctionSettings } from '../function.ts';
import type { BroughtPart, BroughtParts } from './brought-parts.ts';
import { compileCachePriming } from './compile-cache.ts';
import { nodeSdkPart } from './node-sdk.ts';
import type { Launch, Priming, Probe, Runtime, Spare } from './runtime.ts';
import { RUNTIME_ROOT } from './runtime.ts';
import { takesVariablesLate } from './spare.ts';
import { stripFolder } from './typescript.ts';

const NODE = '/var/lang/bin/node';
/** Where scripts and modules in the package look after their own folder, and before what layers bring. */
const SDK_ROOT = '/var/node_modules';

/** What the Node runtime needs from the machine. */
export interface NodeRuntimeOptions {
  /** The Node binary that runs functions: the one that runs the platform. */
  readonly execPath: string;
  /** Its version, `26.10.0`. */
  readonly version: string;
  /** The folder of our bootstrap (`runtimes/node`). */
  readonly bootstrapFolder: string;
  /** Where the SDK is kept; absent: functions find only what is in their packages and layers. */
  readonly brought?: BroughtParts;
}

/** JavaScript and TypeScript on Node, by our own bootstrap. */
export class NodeRuntime implements Runtime {
  readonly ids = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'];
  readonly preparation = 'node-1';
  readonly priming: Priming;
  readonly spare: Spare = {
    suits: takesVariablesLate,
    // Its paths are read when it starts; the rest of the function's variables comes with the function.
    ahead: ({ variables, ...launch }) => ({
      launch: { ...launch, variables: atStart(variables) },
      words: [],
    }),
  };
  readonly #options: NodeRuntimeOptions;
  readonly #sdk: Promise<BroughtPart | undefined>;

  constructor(options: NodeRuntimeOptions) {
    this.#options = options;
    this.#sdk = options.brought === undefined ? Promise.resolve(undefined) : nodeSdkPart();
    // Then whoever asks for it is told.
    this.#sdk.catch(() => undefined);
    this.priming = compileCachePriming(options.version);
  }

  async prepare(folder: string): Promise<void> {
    await Promise.all([stripFolder(folder), this.#bringSdk()]);
  }

  async launch(settings: FunctionSettings): Promise<Launch> {
    const { execPath, bootstrapFolder } = this.#options;
    const sdk = await this.#sdkFolder();
    return {
      command: [NODE, ...memoryFlags(settings.memorySizeMb), `${RUNTIME_ROOT}/bootstrap.cjs`],
      variables: {
        AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
        NODE_PATH: nodePath(settings.runtime),
        PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      },
      mounts: [
        { source: execPath, target: NODE, access: 'read-only' },
        { source: bootstrapFolder, target: RUNTIME_ROOT, access: 'read-only' },
        ...(sdk === undefined ? [] : [{ source: sdk, target: SDK_ROOT, access: 'read-only' } as const]),
      ],
      door: 'frames',
    };
  }

  async #bringSdk(): Promise<void> {
    const part = await this.#sdk;
    if (part !== undefined) await this.#options.brought?.ensure(part);
  }

  async #sdkFolder(): Promise<string | undefined> {
    const part = await this.#sdk;
    return part === undefined ? undefined : this.#options.brought?.find(part);
  }

  async probe(): Promise<Probe> {
    return { available: true, sentence: `Node ${this.#options.version} at ${this.#options.execPath}` };
  }
}

/** As AWS sets it: what a layer has for one version of Node goes before what it has for all. */
function nodePath(runtime: string): string {
  const version = /^nodejs\d+/.exec(runtime)?.[0].replace('js', '') ?? 'node';
  return `/opt/nodejs/${version}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules`;
}

function atStart({ PATH = '', NODE_PATH = '' }: Launch['variables']): Launch['variables'] {
  return { PATH, NODE_PATH };
}

/** The heap may grow as far as the walls, so that they end it and the caller learns that memory ran out. */
function memoryFlags(memorySizeMb: number): readonly string[] {
  return [`--max-old-space-size=${memorySizeMb}`];
}
