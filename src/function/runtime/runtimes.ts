import { failed, ok, type Result } from '../../base/result.ts';
import type { Runtime } from './runtime.ts';

/** No runtime of this name is known; `known` lists those that are, for the error's text. */
export interface UnknownRuntime {
  readonly kind: 'unknown-runtime';
  readonly runtime: string;
  readonly known: readonly string[];
}

/** The runtimes of this platform by AWS's names for them. */
export class Runtimes {
  /** In the order in which they were given. */
  readonly all: readonly Runtime[];
  readonly #byId: ReadonlyMap<string, Runtime>;

  constructor(runtimes: readonly Runtime[]) {
    this.all = runtimes;
    this.#byId = new Map(runtimes.flatMap((runtime) => runtime.ids.map((id) => [id, runtime] as const)));
  }

  /** All names, in the order in which the runtimes were given. */
  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** What runs functions of this runtime. */
  find(id: string): Result<Runtime, UnknownRuntime> {
    const runtime = this.#byId.get(id);
    return runtime === undefined
      ? failed({ kind: 'unknown-runtime', runtime: id, known: this.ids })
      : ok(runtime);
  }
}
