import { BATCH_ENTRIES } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import { sqsError, type SqsFailure } from './sqs-errors.ts';
import { ActionRefused, refuse, type Output } from './action.ts';

const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

/** One entry of a batch: its place, its id, its members. */
export class BatchEntry {
  readonly id: string;
  readonly input: Input;
  readonly #entryName: string;
  readonly #index: number;

  constructor(id: string, input: Input, entryName: string, index: number) {
    this.id = id;
    this.input = input;
    this.#entryName = entryName;
    this.#index = index;
  }

  /** The entry's name in messages: `SendMessageBatchRequestEntry.1`. */
  get name(): string {
    return nameOf(this.#entryName, this.#index);
  }
}

function nameOf(entryName: string, index: number): string {
  return `${entryName}.${index + 1}`;
}

/** The entries of a batch: 1 to 10, their ids well-formed and distinct. `entryName` as the Query protocol says it. */
export function readBatch(input: Input, entryName: string): readonly BatchEntry[] {
  const given = input.list('Entries') ?? [];
  if (given.length === 0) return refuse({ kind: 'empty-batch', entryName });
  if (given.length > BATCH_ENTRIES) {
    return refuse({ kind: 'too-many-entries', count: given.length, most: BATCH_ENTRIES });
  }
  const seen: string[] = [];
  return given.map((entry, index) => {
    const id = entry.text('Id');
    if (id === undefined)
      return refuse({ kind: 'missing-parameter', name: `${nameOf(entryName, index)}.Id` });
    if (!ENTRY_ID.test(id)) return refuse({ kind: 'invalid-entry-id' });
    if (seen.includes(id)) return refuse({ kind: 'ids-not-distinct', id });
    seen.push(id);
    return new BatchEntry(id, entry, entryName, index);
  });
}

/** What became of the entries of a batch, to be answered. */
export class BatchAnswer {
  readonly #successful: NonNullable<Output>[] = [];
  readonly #failed: NonNullable<Output>[] = [];

  /** Notes an entry that was done. */
  succeed(id: string, more?: Output): void {
    this.#successful.push({ Id: id, ...more });
  }

  /** Notes an entry that was not done. */
  fail(id: string, failure: SqsFailure): void {
    const { type, queryCode, message } = sqsError(failure);
    this.#failed.push({ Id: id, SenderFault: true, Code: queryCode ?? type, Message: message });
  }

  /**
   * Reads one entry; one that is refused is noted, and undefined. A missing member refuses the whole batch, as AWS does; one that is
   * there and empty may be its entry's own failure.
   */
  attempt<Value>(id: string, read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ActionRefused)) throw error;
      const { failure } = error;
      if (failure.kind === 'missing-parameter' && failure.isOfEntry !== true) throw error;
      this.fail(id, failure);
      return undefined;
    }
  }

  /** `Successful` and `Failed`; an empty one is left out, as AWS does. */
  output(): Output {
    return {
      Successful: this.#successful.length > 0 ? this.#successful : undefined,
      Failed: this.#failed.length > 0 ? this.#failed : undefined,
    };
  }
}
