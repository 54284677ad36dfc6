import { functionKeyText, type FunctionRecord } from './function.ts';
import type { FunctionListener, Functions } from './functions.ts';

/** What is kept free for single functions, as it is now. */
export class ReservedConcurrency implements Disposable {
  readonly #shares = new Map<string, number>();
  readonly #endListening: () => void;

  /** `functions` are those of one place, all accounts and regions; `changed` is told after each change. */
  constructor(
    functions: Pick<Functions, 'listen'>,
    existing: readonly FunctionRecord[],
    changed: () => void,
  ) {
    for (const record of existing) this.#note(record);
    const note = (record: FunctionRecord): void => {
      this.#note(record);
      changed();
    };
    const listener: FunctionListener = {
      changed: note,
      deleted: ({ key }) => {
        this.#shares.delete(functionKeyText(key));
        changed();
      },
    };
    this.#endListening = functions.listen(listener);
  }

  /** By `region/account/name`. */
  get shares(): ReadonlyMap<string, number> {
    return this.#shares;
  }

  [Symbol.dispose](): void {
    this.#endListening();
  }

  #note({ key, version, reservedConcurrency }: FunctionRecord): void {
    if (version !== '$LATEST') return;
    if (reservedConcurrency === undefined) this.#shares.delete(functionKeyText(key));
    else this.#shares.set(functionKeyText(key), reservedConcurrency);
  }
}
