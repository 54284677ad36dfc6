import type { FunctionSettings } from '../function.ts';
import { compileCachePriming } from './compile-cache.ts';
import type { Launch, Priming, Probe, Runtime, Spare } from './runtime.ts';
import { RUNTIME_ROOT } from './runtime.ts';
import { takesVariablesLate } from './spare.ts';
import { stripFolder } from './typescript.ts';

const NODE = '/var/lang/bin/node';

/** What the Node runtime needs from the machine. */
export interface NodeRuntimeOptions {
  /** The Node binary that runs functions: the one that runs the platform. */
  readonly execPath: string;
  /** Its version, `26.10.0`. */
  readonly version: string;
  /** The folder of our bootstrap (`runtimes/node`). */
  readonly bootstrapFolder: string;
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

  constructor(options: NodeRuntimeOptions) {
    this.#options = options;
    this.priming = compileCachePriming(options.version);
  }

  prepare(folder: string): Promise<void> {
    return stripFolder(folder);
  }

  async launch(settings: FunctionSettings): Promise<Launch> {
    const { execPath, bootstrapFolder } = this.#options;
    return {
      command: [NODE, ...memoryFlags(settings.memorySizeMb), `${RUNTIME_ROOT}/bootstrap.cjs`],
      variables: {
        AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
        NODE_PATH: '/opt/nodejs/node_modules:/var/runtime/node_modules',
        PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      },
      mounts: [
        { source: execPath, target: NODE, access: 'read-only' },
        { source: bootstrapFolder, target: RUNTIME_ROOT, access: 'read-only' },
      ],
      door: 'frames',
    };
  }

  async probe(): Promise<Probe> {
    return { available: true, sentence: `Node ${this.#options.version} at ${this.#options.execPath}` };
  }
}

function atStart({ PATH = '', NODE_PATH = '' }: Launch['variables']): Launch['variables'] {
  return { PATH, NODE_PATH };
}

/** The heap may grow as far as the walls, so that they end it and the caller learns that memory ran out. */
function memoryFlags(memorySizeMb: number): readonly string[] {
  return [`--max-old-space-size=${memorySizeMb}`];
}
