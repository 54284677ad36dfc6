import type { Clock } from '../../base/clock.ts';
import { removeTree } from '../../base/remove-tree.ts';
import { makeOwnFolder, sweepLeftFolders } from '../own-folder.ts';
import { PeerSockets } from '../peer-sockets.ts';
import type { Mount, OutputListener, PeerAddress, Sandbox, SandboxedTree, SandboxSpec } from '../sandbox.ts';
import { Spawner } from '../spawner.ts';
import { BareTree } from './bare-tree.ts';
import { neverStarted } from '../never-started.ts';
import { processName } from '../marked-processes.ts';
import { ENVIRONMENT_MARK, markOf, sweepLeftProcesses } from './mark.ts';

const NO_NETWORK_WALL =
  'without isolation (bare) no function can be kept from the network: it asks for network none';

/**
 * No walls at all: plain processes of the platform's own user. Paths of mounts are translated, /tmp is not: TMPDIR
 * names a private folder. Only for machines that can hold nothing better, and only when asked for by name.
 */
export class BareSandbox implements Sandbox {
  readonly tier = 'bare';
  readonly description =
    'NO ISOLATION: functions run as plain processes of this user and can read and change all that it can.';
  readonly #clock: Clock;
  readonly #spawner: Spawner;
  readonly #sockets: PeerSockets;
  readonly #trees = new Set<BareTree>();
  #swept: Promise<void> | undefined;

  constructor({ clock, spawner }: { readonly clock: Clock; readonly spawner?: Spawner }) {
    this.#clock = clock;
    this.#sockets = new PeerSockets(clock);
    this.#spawner = spawner ?? new Spawner(clock);
  }

  async start(spec: SandboxSpec, output: OutputListener): Promise<SandboxedTree> {
    if (spec.network === 'none') return neverStarted(NO_NETWORK_WALL);
    this.#swept ??= sweep(this.#clock.nowMs());
    await this.#swept;
    const value = markOf(spec.environmentId, await processName(process.pid));
    const mark = `${ENVIRONMENT_MARK}=${value}`;
    const folder = await makeOwnFolder('bare');
    const mounts: Mount[] = [...spec.mounts, { source: folder, target: '/tmp', access: 'read-write' }];
    const outside = (text: string): string => translate(text, mounts);
    const variables: Record<string, string> = { TMPDIR: folder, [ENVIRONMENT_MARK]: value };
    for (const [name, value] of Object.entries(spec.variables)) variables[name] ??= outside(value);
    const spawned = await this.#spawner.start(
      {
        command: spec.command.map(outside),
        variables,
        workingDirectory: outside(spec.workingDirectory),
        isHanded: false,
        namesChild: false,
        mark,
        ownSession: true,
      },
      output,
    );
    const tree = new BareTree({ spec, spawned, mark, clock: this.#clock, sockets: this.#sockets });
    this.#trees.add(tree);
    void tree.exit.then(async () => {
      this.#trees.delete(tree);
      await removeTree(folder);
    });
    return tree;
  }

  async ownsAny(peer: PeerAddress): Promise<boolean> {
    for (const tree of this.#trees) if (await tree.owns(peer)) return true;
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#trees].map((tree) => tree.kill()));
    await this.#spawner[Symbol.asyncDispose]();
  }
}

/** What killed platforms left behind. */
async function sweep(nowMs: number): Promise<void> {
  await Promise.all([sweepLeftFolders('bare', nowMs), sweepLeftProcesses()]);
}

/** Paths that begin with the target of a mount, where they are on this machine; also inside lists, and as values of options. */
function translate(text: string, mounts: readonly Mount[]): string {
  return text
    .split(/([:=])/)
    .map((path) => translatePath(path, mounts))
    .join('');
}

function translatePath(path: string, mounts: readonly Mount[]): string {
  const mount = mounts.find(({ target }) => path === target || path.startsWith(`${target}/`));
  return mount === undefined ? path : mount.source + path.slice(mount.target.length);
}
