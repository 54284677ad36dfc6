import type { DatabaseSync } from 'node:sqlite';

/**
 * The version of what the database file means, kept in its `user_version`.
 *
 * The rule for changing it: whatever changes the tables, or the meaning or encoding of a column, raises this number by
 * one and adds the step from the version before to `STEPS`. Steps are never edited after a release. A file of an older version is
 * brought up step by step in one transaction when it is opened; a file of a newer version is refused. Encodings inside a column
 * that can grow without harm (a new optional member of a JSON object) do not need a new version. A raised `CHANGE_VERSION` is such
 * a change of meaning.
 */
export const FORMAT_VERSION = 6;

/** "MilR": marks the file as Millrace's (SQLite's `application_id`). */
export const APPLICATION_ID = 0x4d696c52;

const STEPS: readonly string[] = [
  `
  CREATE TABLE platform (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    run INTEGER NOT NULL,
    durable_at_ms INTEGER NOT NULL,
    next_queue INTEGER NOT NULL,
    next_slot INTEGER NOT NULL
  ) STRICT;
  INSERT INTO platform VALUES (1, 0, 0, 1, 1);

  CREATE TABLE record (
    collection TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (collection, name)
  ) STRICT, WITHOUT ROWID;

  -- What a queue holds stands under its slot. A purged queue goes on in another slot, so that what it held is out of the way at once.
  CREATE TABLE queue (
    queue INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL UNIQUE,
    definition TEXT NOT NULL,
    messages INTEGER NOT NULL,
    next_order INTEGER NOT NULL
  ) STRICT;

  -- Slots of purged and deleted queues: first swept in small steps, then free to be used again.
  CREATE TABLE old_slot (
    slot INTEGER PRIMARY KEY,
    is_swept INTEGER NOT NULL
  ) STRICT;

  -- id: slot times 2^43, plus the message's order in its queue.
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL
  ) STRICT;

  -- What changes about a message, apart from its content, so that a lease does not write the content again. holder: 0 nobody, 1 client, 2 dispatcher.
  CREATE TABLE standing (
    id INTEGER PRIMARY KEY,
    visible_at_ms INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    receive_count INTEGER NOT NULL,
    first_received_at_ms INTEGER NOT NULL,
    leased_at_ms INTEGER NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX standing_in_line ON standing (id >> 43, visible_at_ms);
  CREATE INDEX standing_by_age ON standing (id >> 43, sent_at_ms);
  `,
  `
  -- lane: the number of the message's group; NULL for none, and for what was sent to a standard queue before lanes were kept.
  ALTER TABLE standing ADD COLUMN lane INTEGER;
  CREATE INDEX standing_by_lane ON standing (id >> 43, lane) WHERE lane IS NOT NULL;

  -- What FIFO queues accepted lately, so that duplicates are known: a row per queue and commit. keys: 16 bytes for each place
  -- from first_order on, little endian: 12 of its deduplication key, 4 of the milliseconds since at_ms.
  CREATE TABLE remembered_sends (
    number INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    first_order INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    keys BLOB NOT NULL
  ) STRICT;
  CREATE INDEX remembered_sends_by_queue ON remembered_sends (queue, first_order);
  `,
  `
  -- Leases stand apart from what waits or is delayed, so that millions of delayed messages hide none of them.
  DROP INDEX standing_in_line;
  CREATE INDEX standing_in_line ON standing (id >> 43, holder > 0, visible_at_ms);

  -- By epochs of 2^10 places, so that what is sent and settled together stands together in the index, however many lanes there are.
  DROP INDEX standing_by_lane;
  CREATE INDEX standing_by_lane ON standing (id >> 10, lane) WHERE lane IS NOT NULL;
  `,
  `
  -- Groups as they came, of which messages do not stand in the tables yet: see recent.ts. Packed as they cross to the writing thread, little endian.
  CREATE TABLE recent_group (
    number INTEGER PRIMARY KEY,
    numbers BLOB NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- Groups as they came, from now on in blocks of a page each, which are written over in turn: see recent-blocks.ts and block-code.ts. Their
  -- times, and how many messages their queues hold, stand in them alone until they leave. Groups of format 4 leave recent_group at the next start.
  CREATE TABLE recent_block (
    place INTEGER PRIMARY KEY,
    content BLOB NOT NULL
  ) STRICT;

  -- Groups before this one have left; what blocks hold of them does not count.
  ALTER TABLE platform ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 1;
  UPDATE platform SET kept_from = (SELECT coalesce(max(number), 0) + 1 FROM recent_group);
  `,
  `
  -- Messages that wait, many to a row as they came: see bundle-rows.ts. id: slot times 2^43, plus the first order; bundles of a slot do not overlap.
  -- gone: a bit for each message that has gone, or has rows of its own now. heads: see bundle-code.ts. The times of one bundle are at most 1,000 ms
  -- apart. Other messages stand in their own rows, as before.
  CREATE TABLE bundle (
    id INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    last_order INTEGER NOT NULL,
    first_visible_ms INTEGER NOT NULL,
    last_visible_ms INTEGER NOT NULL,
    oldest_sent_ms INTEGER NOT NULL,
    has_lanes INTEGER NOT NULL,
    gone BLOB NOT NULL,
    heads BLOB NOT NULL
  ) STRICT;
  CREATE INDEX bundle_in_line ON bundle (slot, first_visible_ms, last_visible_ms);
  CREATE INDEX bundle_by_age ON bundle (slot, oldest_sent_ms);
  CREATE INDEX bundle_with_lanes ON bundle (slot) WHERE has_lanes = 1;

  -- The contents of a bundle's messages, one after the other.
  CREATE TABLE bundle_content (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL
  ) STRICT;
  `,
];

/** Brings a database from `version` (0: empty) to {@link FORMAT_VERSION}: wholly or not at all. */
export function bringUpToDate(database: DatabaseSync, version: number): void {
  if (version === FORMAT_VERSION) return;
  database.exec('BEGIN IMMEDIATE');
  for (const step of STEPS.slice(version)) database.exec(step);
  database.exec(`PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${FORMAT_VERSION}; COMMIT`);
}
