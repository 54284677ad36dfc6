import type { Clock } from '../base/clock.ts';
import type { FunctionRecord, FunctionSettings } from '../function/function.ts';
import { INIT_LIMIT_MS } from '../function/limits.ts';
import { TASK_ROOT, type Launch, type Spare as SpareWay } from '../function/runtime/runtime.ts';
import type { Mount, SandboxSpec } from '../sandbox/sandbox.ts';
import type { Tell } from '../watch/event.ts';
import { listFolder } from './linked-folder.ts';
import { NETWORK_VARIABLE } from './network.ts';
import { SpareDemand } from './spare-demand.ts';
import { processVariables } from './variables.ts';
import { Spare, type Content, type SpareParts, type SpareShape, type TakenSpare } from './spare.ts';

/** More files and folders than this take longer to link than a program takes to start. */
const MOST_ENTRIES = 400;
const MOST_REMEMBERED_FOLDERS = 1000;
/** Libraries are looked for in folders that the loader has seen, or not seen, when the program started. */
const SHARED_LIBRARY = /^(lib\/)?[^/]+\.so(\.[^/]*)?$/;

/** What {@link Spares} works with. */
export interface SparesOptions extends SpareParts {
  readonly clock: Clock;
  readonly tell: Tell;
  /** How long a peak counts; 0: no spares. */
  readonly keepMs: number;
  /** How much memory spares may really use together. */
  readonly memoryBytes: number;
  /** How many may be starting at a time. */
  readonly startsAtOnce: number;
  /** True while nobody waits for an environment. */
  readonly isQuiet: () => boolean;
}

/** An environment that is wanted, as far as it is decided before anything is started. */
export interface SpareOrder {
  readonly way: SpareWay | undefined;
  readonly settings: FunctionSettings;
  /** Names the function's code. */
  readonly sha256: string;
  readonly launch: Launch;
  readonly network: SandboxSpec['network'];
  /** The function's code. */
  readonly folder: string;
  /** What else of the function is to be seen inside, read-only. */
  readonly mounts: readonly Mount[];
  /** Where such things are seen in environments of this runtime, whether this function has them or not. */
  readonly targets: readonly string[];
}

interface Group {
  readonly shape: SpareShape;
  readonly way: SpareWay;
  /** Settings of functions that it has served or could have, as far as they decide that. */
  readonly kinds: Set<string>;
  readonly demand: SpareDemand;
  readonly ready: Spare[];
  startingCount: number;
}

/**
 * Programs started ahead, one group for each shape: what the start of a process decides (program, walls, limits, user)
 * is the same for every function that a spare may become the environment of. As many are kept as were lately needed.
 */
export class Spares implements AsyncDisposable {
  readonly #options: SparesOptions;
  readonly #groups = new Map<string, Group>();
  readonly #all = new Set<Spare>();
  readonly #starts = new Set<Promise<void>>();
  readonly #listings = new Map<string, ReturnType<typeof listFolder>>();
  readonly #unfitCode = new Set<string>();
  #cancelTrim: (() => void) | undefined;
  #isStopping = false;

  constructor(options: SparesOptions) {
    this.#options = options;
  }

  /** A spare that has become the environment of this order, up to its variables; undefined when none is ready or fits. */
  async take(order: SpareOrder): Promise<(TakenSpare & { readonly words: readonly string[] }) | undefined> {
    const { way, settings } = order;
    if (way === undefined || this.#options.keepMs === 0 || this.#isStopping || !way.suits(settings)) return;
    const noting = this.#note(order, way);
    if (this.size === 0) {
      // Whether one would have fitted is for those who come later: this one does not wait for it.
      noting.catch((error: unknown) => this.#trouble(error));
      return;
    }
    const noted = await noting;
    const spare = noted?.group.ready.pop();
    if (noted === undefined || spare === undefined) return;
    const { contents, words } = noted;
    try {
      return { ...(await spare.take(contents)), words };
    } catch (error) {
      this.#trouble(error);
      await spare.end();
      return;
    }
  }

  /** Remembers that one was wanted; undefined when none fits this code. */
  async #note(
    order: SpareOrder,
    way: SpareWay,
  ): Promise<
    | { readonly group: Group; readonly contents: readonly Content[]; readonly words: readonly string[] }
    | undefined
  > {
    const contents = await this.#contentsOf(order);
    if (contents === undefined) return this.#unfit(order.sha256);
    const { launch, words } = way.ahead(order.launch);
    const group = this.#groupOf(order, launch, way);
    group.kinds.add(kindOf(order.settings));
    group.demand.note(this.#options.clock.nowMs());
    if (!this.#isStopping) this.#planTrim();
    return { group, contents, words };
  }

  /** True when one is ready that such a function would get: by its settings, unless its code is known not to fit. */
  hasFor({ settings, package: { sha256 } }: Pick<FunctionRecord, 'settings' | 'package'>): boolean {
    if (this.#unfitCode.has(sha256)) return false;
    const kind = kindOf(settings);
    return [...this.#groups.values()].some(
      ({ ready, kinds, way }) => ready.length > 0 && kinds.has(kind) && way.suits(settings),
    );
  }

  /** How many are ready. */
  get size(): number {
    return [...this.#groups.values()].reduce((sum, { ready }) => sum + ready.length, 0);
  }

  /** Memory that the ready ones really use. */
  get usedMemoryBytes(): number {
    return [...this.#groups.values()].reduce((sum, { ready }) => sum + usedBytes(ready), 0);
  }

  /** Starts what is missing, while nobody waits for an environment. */
  fill(): void {
    if (this.#isStopping) return;
    const nowMs = this.#options.clock.nowMs();
    for (const group of this.#groups.values()) {
      while (group.ready.length + group.startingCount < group.demand.wanted(nowMs)) {
        const isFree = this.#starts.size < this.#options.startsAtOnce && this.#options.isQuiet();
        if (!isFree || !this.#hasRoom()) return;
        this.#start(group);
      }
    }
  }

  /** Ends one of the ready ones, if there is any, because its memory is needed; `gone` follows. */
  giveUpOne(gone: () => void): boolean {
    for (const group of this.#groups.values()) {
      const spare = group.ready.shift();
      if (spare === undefined) continue;
      void spare.end().then(gone, gone);
      return true;
    }
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#cancelTrim?.();
    const ready = [...this.#groups.values()].flatMap((group) => group.ready.splice(0));
    for (const spare of this.#all) ready.push(spare);
    await Promise.all(ready.map((spare) => spare.end()));
    await Promise.all(this.#starts);
  }

  #unfit(sha256: string): undefined {
    if (this.#unfitCode.size >= MOST_REMEMBERED_FOLDERS) this.#unfitCode.clear();
    this.#unfitCode.add(sha256);
  }

  #groupOf({ settings, network, targets }: SpareOrder, launch: Launch, way: SpareWay): Group {
    const { memorySizeMb, ephemeralStorageMb } = settings;
    const variables = { ...processVariables(), ...launch.variables };
    const shape: SpareShape = { launch, network, memorySizeMb, ephemeralStorageMb, targets, variables };
    const key = JSON.stringify(shape);
    const group = this.#groups.get(key) ?? {
      ...{ shape, way, kinds: new Set(), ready: [], startingCount: 0 },
      demand: new SpareDemand(this.#options.keepMs),
    };
    this.#groups.set(key, group);
    return group;
  }

  /** The function's folders as they can be linked; undefined when they cannot. */
  async #contentsOf({ folder, mounts, targets }: SpareOrder): Promise<readonly Content[] | undefined> {
    const wanted = [{ source: folder, target: TASK_ROOT }, ...mounts];
    const contents: Content[] = [];
    for (const { source, target } of wanted) {
      if (target !== TASK_ROOT && !targets.includes(target)) return;
      const listing = await this.#listing(source);
      if (listing === undefined || listing.some(({ path }) => SHARED_LIBRARY.test(path))) return;
      contents.push({ listing, source, target });
    }
    return contents;
  }

  /** Folders of code never change: each is looked at once. */
  #listing(folder: string): ReturnType<typeof listFolder> {
    const known = this.#listings.get(folder);
    if (known !== undefined) return known;
    if (this.#listings.size >= MOST_REMEMBERED_FOLDERS) this.#listings.clear();
    const listing = listFolder(folder, MOST_ENTRIES).catch(() => undefined);
    this.#listings.set(folder, listing);
    return listing;
  }

  #hasRoom(): boolean {
    const ready = [...this.#groups.values()].flatMap((group) => group.ready);
    const each = ready.length === 0 ? 0 : usedBytes(ready) / ready.length;
    return usedBytes(ready) + (this.#starts.size + 1) * each <= this.#options.memoryBytes;
  }

  #start(group: Group): void {
    group.startingCount += 1;
    const start = this.#bringUp(group)
      .catch((error: unknown) => {
        group.demand.forget();
        if (!this.#isStopping) this.#trouble(error);
      })
      .finally(() => {
        group.startingCount -= 1;
        this.#starts.delete(start);
      });
    this.#starts.add(start);
    void start.then(() => this.fill());
  }

  async #bringUp(group: Group): Promise<void> {
    const spare = await Spare.start(this.#options, group.shape);
    this.#all.add(spare);
    void spare.hull.tree.exit.then(() => this.#forget(group, spare));
    const cancel = this.#options.clock.after(INIT_LIMIT_MS, () => void spare.end());
    const isReady = await spare.ready();
    cancel();
    this.#all.delete(spare);
    if (!isReady) throw new Error('a program ended before it had a function');
    if (this.#isStopping) await spare.end();
    else group.ready.push(spare);
  }

  #forget(group: Group, spare: Spare): void {
    this.#all.delete(spare);
    const at = group.ready.indexOf(spare);
    if (at >= 0) group.ready.splice(at, 1);
  }

  /** Nothing is lost but time: functions start without. Its shape is not tried again before it is wanted again. */
  #trouble(error: unknown): void {
    this.#options.tell({ kind: 'trouble', where: 'spare environments', what: (error as Error).message });
  }

  #planTrim(): void {
    this.#cancelTrim ??= this.#options.clock.after(this.#options.keepMs, () => {
      this.#cancelTrim = undefined;
      this.#trim();
    });
  }

  /** Ends what is not wanted any more. */
  #trim(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [key, group] of this.#groups) {
      const wanted = group.demand.wanted(nowMs);
      while (group.ready.length > wanted) void group.ready.shift()?.end();
      if (wanted === 0 && group.startingCount === 0) this.#groups.delete(key);
    }
    if (this.#groups.size > 0) this.#planTrim();
  }
}

function kindOf({ runtime, memorySizeMb, ephemeralStorageMb, variables }: FunctionSettings): string {
  return JSON.stringify([runtime, memorySizeMb, ephemeralStorageMb, variables[NETWORK_VARIABLE] ?? '']);
}

function usedBytes(spares: readonly Spare[]): number {
  return spares.reduce((sum, { usedMemoryBytes }) => sum + usedMemoryBytes, 0);
}
