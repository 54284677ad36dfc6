import type { DatabaseSync } from 'node:sqlite';

/**
 * The version of what the database file means, kept in its `user_version`.
 *
 * The rule for changing it: whatever changes the tables, or the meaning or encoding of a column, raises this number by
 * one and adds the step from the version before to `STEPS`. Steps are never edited after a release. A file of an older version is
 * brought up step by step in one transaction when it is opened; a file of a newer version is refused. Encodings inside a column
 * that can grow without harm (a new optional member of a JSON object) do not need a new version.
 */
export const FORMAT_VERSION = 1;

/** "MilR": marks the file as Millrace's (SQLite's `application_id`). */
export const APPLICATION_ID = 0x4d696c52;

const STEPS: readonly string[] = [
  `
  CREATE TABLE platform (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    run INTEGER NOT NULL,
    commit_number INTEGER NOT NULL,
    durable_at_ms INTEGER NOT NULL
  ) STRICT;
  INSERT INTO platform VALUES (1, 0, 0, 0);

  CREATE TABLE record (
    collection TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (collection, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE queue (
    queue INTEGER PRIMARY KEY,
    record TEXT NOT NULL,
    next_place INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    purged_below INTEGER NOT NULL
  ) STRICT;

  -- id: the queue's number times 2^40, plus the message's place in it
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    ready_at_ms INTEGER NOT NULL,
    enqueued_at_ms INTEGER NOT NULL,
    content BLOB NOT NULL
  ) STRICT;
  CREATE INDEX message_by_age ON message (id >> 40, enqueued_at_ms);
  CREATE INDEX message_delayed ON message (id >> 40, ready_at_ms) WHERE ready_at_ms > enqueued_at_ms;

  CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    hidden_until_ms INTEGER NOT NULL,
    details TEXT NOT NULL
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
