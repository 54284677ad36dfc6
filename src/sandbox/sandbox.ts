import type { EnvironmentId } from '../base/ids.ts';

/** A folder or file of the host shown inside the sandbox at `target`. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly access: 'read-only' | 'read-write';
}

/**
 * What to run and within which walls. Paths in `command`, `workingDirectory` and `variables` are as seen inside. A tier
 * that cannot mount translates them: a word or value that is a mount's target, or a path below it, becomes its source.
 */
export interface SandboxSpec {
  readonly environmentId: EnvironmentId;
  /** argv; the first is an absolute path inside. */
  readonly command: readonly string[];
  /** The whole environment: nothing is inherited from the platform. */
  readonly variables: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly mounts: readonly Mount[];
  readonly memoryLimitBytes: number;
  /** Its share of the processors when others want them too, in cores; by configuration also the most it gets. */
  readonly cpuCores: number;
  readonly processLimit: number;
  /** Size of the private /tmp, wiped with the environment. */
  readonly tmpSizeBytes: number;
  /** `shared`: the host's network. `none`: an empty one of its own; what is mounted is then the only way out. */
  readonly network: 'shared' | 'none';
}

/** Why a sandbox ended. */
export type SandboxExit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'not-started'; readonly why: string };

/** The two ends of an accepted TCP connection, as the listening side sees them. */
export interface PeerAddress {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** One running sandbox: a tree of processes behind one set of walls. */
export interface SandboxedTree {
  /** Resolves once, when no process of the tree is left. */
  readonly exit: Promise<SandboxExit>;
  /** Stops every process of the tree from running; idempotent. */
  freeze(): Promise<void>;
  /** Lets them run again; idempotent. */
  thaw(): Promise<void>;
  /** SIGTERM to the program that was started, sent when this resolves, for a graceful end; the caller kills after its grace. */
  terminate(): Promise<void>;
  /** Ends the whole tree without asking; resolves when nothing of it is left (processes, /tmp, cgroup). */
  kill(): Promise<void>;
  /** Resolves when everything that the tree has printed before this call has been handed to its listener. */
  outputRead(): Promise<void>;
  /** Whether its memory is watched, as it is from the start; without, the kernel alone bounds it: for when nothing of a function runs in it. */
  watchMemory(isWatched: boolean): void;
  /** Proportional set size of the whole tree. */
  usedMemoryBytes(): Promise<number>;
  /** The most memory the tree has used so far, as well as this tier can tell. */
  peakMemoryBytes(): Promise<number>;
  /** True when memory has run out in the tree, as far as the kernel has told by now; some of it may live on. */
  ranOutOfMemory(): Promise<boolean>;
  /** True when the connection's remote end belongs to a process of this tree. */
  owns(peer: PeerAddress): Promise<boolean>;
  /**
   * The first of these loopback addresses at which connections to that port, made in the network of the host, reach a
   * process of this tree; undefined when they reach nobody or somebody else.
   */
  listensAt(addresses: readonly string[], port: number): Promise<string | undefined>;
}

/** Where output of a sandbox goes; chunks arrive as written, not cut into lines. */
export type OutputListener = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;

/** A way to hold programs apart. Each technology passes `contract.ts`. */
export interface Sandbox extends AsyncDisposable {
  /** The tier as an operator reads it: `bubblewrap`, `bare`. */
  readonly tier: string;
  /** One sentence on what the tier holds here, and what it does not. */
  readonly description: string;
  /** Starts the tree; resolves when it has been handed to the system. A failed start ends in `exit` as `not-started`. */
  start(spec: SandboxSpec, output: OutputListener): Promise<SandboxedTree>;
  /** True when the connection's remote end belongs to a process of any tree of this sandbox. */
  ownsAny(peer: PeerAddress): Promise<boolean>;
}
