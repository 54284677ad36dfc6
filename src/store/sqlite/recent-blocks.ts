import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert, present } from '../../base/assert.ts';
import { BlockCutter, blocksOf, groupOf, headOf, type TimedGroup } from './block-code.ts';
import { CHANGE_CODES } from './group-code.ts';
import { contentOf, Packer, type Packed } from './packed.ts';
import { ADDED_NUMBERS, Recent, STATE_NUMBERS, type Left } from './recent.ts';
import { repeat } from './repeat.ts';
import { Write } from './write.ts';

/** Blocks there are at most: 768 KB. */
export const MOST_BLOCKS = 192;

/**
 * The groups that are kept as they came, in blocks that are written over in turn: a commit changes the pages of its own blocks and no other.
 * A block counts as long as the platform's row does not say that its group has left. Inside transactions.
 */
export class RecentBlocks {
  readonly #write: Write;
  readonly #clear: Write;
  readonly #clearFormer: Write;
  readonly #all: StatementSync;
  readonly #former: StatementSync;
  readonly #keptFrom: StatementSync;
  readonly #cutter = new BlockCutter();
  /** The place of the next block. */
  #next = 0;
  /** There may be rows as they were before groups were kept in blocks. */
  #hasFormer = false;

  constructor(database: DatabaseSync) {
    this.#write = new Write(database, 'INSERT OR REPLACE INTO recent_block VALUES (?, ?)');
    this.#clear = new Write(database, 'DELETE FROM recent_block');
    this.#clearFormer = new Write(database, 'DELETE FROM recent_group');
    this.#all = database.prepare('SELECT place, content FROM recent_block ORDER BY place');
    this.#former = database.prepare('SELECT number, numbers, bytes FROM recent_group ORDER BY number');
    this.#keptFrom = database.prepare('SELECT kept_from FROM platform');
  }

  /** Keeps a group. Those before it must have left room for it. */
  keep(recent: Recent, group: TimedGroup): void {
    const blocks = blocksOf(group);
    assert(recent.blocks + blocks <= MOST_BLOCKS, 'no block that counts is written over');
    if (recent.isEmpty) this.#next = 0;
    this.#cutter.cut(recent.nextNumber, group, (block) => {
      this.#write.run(this.#next, block);
      this.#next = (this.#next + 1) % MOST_BLOCKS;
    });
    recent.keep(recent.nextNumber, blocks);
  }

  /** Keeps what is left of all groups as one: in less room, when something of them has gone. */
  join(recent: Recent): void {
    const group = { ...packedAgain(recent.join()), atMs: recent.lastAtMs };
    this.giveBack();
    if (group.numbers.length > 0) this.keep(recent, group);
  }

  /** Lets go of all blocks, also of those that would only be written over. None of them may count after this transaction. */
  giveBack(): void {
    this.#clear.run();
    if (this.#hasFormer) this.#clearFormer.run();
    this.#hasFormer = false;
  }

  /** What the blocks hold. */
  load(): Recent {
    const recent = new Recent(Number(this.#keptFrom.get()?.['kept_from']) - 1);
    this.#loadFormer(recent);
    const groups = this.#loadBlocks(recent.nextNumber);
    for (const number of [...groups.keys()].toSorted((one, other) => one - other)) {
      const { parts, nextPlace } = present(groups.get(number), 'the blocks of a group');
      const group = groupOf(parts);
      recent.noteTime(group.atMs);
      repeat(recent, { ...group, number, isWhole: true });
      recent.keep(number, parts.length);
      this.#next = nextPlace;
    }
    return recent;
  }

  /** By group: its blocks in order, and the place behind the last of them. */
  #loadBlocks(keptFrom: number): Map<number, { readonly parts: Uint8Array[]; nextPlace: number }> {
    const groups = new Map<number, { readonly parts: Uint8Array[]; nextPlace: number }>();
    for (const row of this.#all.iterate()) {
      const block = row['content'] as Uint8Array;
      const head = headOf(block);
      if (head.group < keptFrom) continue;
      const group = groups.get(head.group) ?? { parts: [], nextPlace: 0 };
      groups.set(head.group, group);
      group.parts[head.part] = block;
      if (head.part === group.parts.length - 1) group.nextPlace = (Number(row['place']) + 1) % MOST_BLOCKS;
    }
    return groups;
  }

  /** Of groups that were kept in rows of their own, the time and the counts stand in their places. */
  #loadFormer(recent: Recent): void {
    const rows = this.#former.all();
    this.#hasFormer = rows.length > 0;
    for (const row of rows) {
      const numbers = new Float64Array(new Uint8Array(row['numbers'] as Uint8Array).buffer);
      const bytes = new Uint8Array(row['bytes'] as Uint8Array);
      const number = row['number'] as number;
      repeat(recent, { numbers, bytes, number, isWhole: false });
      recent.keep(number, blocksOf({ numbers, bytes }));
    }
    recent.counts.clear();
  }
}

/** What is left of groups, as one. */
function packedAgain({ messages, changes }: Left): Packed {
  const packer = new Packer();
  const copy = ({ numbers }: Packed, at: number, count: number): void => {
    for (const number of numbers.subarray(at, at + count)) packer.number(number);
  };
  for (const { queue, order, group, stateAt } of changes) {
    const kind = stateAt === undefined ? 'message-removed' : 'message-moved';
    for (const number of [CHANGE_CODES[kind], queue, order]) packer.number(number);
    if (stateAt !== undefined) copy(group, stateAt, STATE_NUMBERS);
  }
  for (const { queue, order, group, numbersAt, contentAt } of messages) {
    for (const number of [CHANGE_CODES['message-added'], queue, order]) packer.number(number);
    copy(group, numbersAt, ADDED_NUMBERS);
    packer.content(contentOf(group, contentAt));
  }
  return packer.packed();
}
