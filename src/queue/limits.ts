/** A range of whole numbers, both ends included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Seconds a message may be delayed. */
export const DELAY_SECONDS: Range = { least: 0, most: 900 };

/** Seconds a received message may stay hidden; also the most since its receive. */
export const VISIBILITY_SECONDS: Range = { least: 0, most: 43_200 };

/** Seconds a receive may wait. */
export const WAIT_SECONDS: Range = { least: 0, most: 20 };

/** Messages one receive may bring. */
export const RECEIVE_COUNT: Range = { least: 1, most: 10 };

/** Seconds a message is kept. */
export const RETENTION_SECONDS: Range = { least: 60, most: 1_209_600 };

/** Bytes that a queue may set as its largest message; also the largest batch. */
export const MESSAGE_SIZE_BYTES: Range = { least: 1024, most: 1_048_576 };

/** Seconds a data key of KMS may be used again. */
export const DATA_KEY_REUSE_SECONDS: Range = { least: 60, most: 86_400 };

/** Receives before a message becomes a dead letter. */
export const MAX_RECEIVE_COUNT: Range = { least: 1, most: 1000 };

/** Entries in one batch request. */
export const BATCH_ENTRIES = 10;

/** Attributes of one message. */
export const MESSAGE_ATTRIBUTES = 10;

/** Queues that a RedriveAllowPolicy may name. */
export const ALLOWED_SOURCE_QUEUES = 10;

/** Tags of one queue. */
export const QUEUE_TAGS = 50;

/** Queues in one answer of a list. */
export const LISTED_QUEUES: Range = { least: 1, most: 1000 };

/** Messages of a standard queue that may be received and not settled. */
export const IN_FLIGHT_MESSAGES = 120_000;

/** Actions that one permission may grant. */
export const PERMISSION_ACTIONS = 7;

/** Statements of one policy: permissions of one queue. */
export const POLICY_STATEMENTS = 20;

/** Who may be named in one policy, over all its statements. */
export const POLICY_PRINCIPALS = 50;

/** Bytes of one policy. */
export const POLICY_SIZE_BYTES = 8192;

/** Milliseconds that AWS makes an owner wait before a queue is purged again, or a deleted queue's name used again. */
export const IMPOSED_WAIT_MS = 60_000;

/** Messages that a move task may be told to move in a second. */
export const MOVED_PER_SECOND: Range = { least: 1, most: 500 };

/** Tasks in one answer of a list. */
export const LISTED_MOVE_TASKS: Range = { least: 1, most: 10 };
