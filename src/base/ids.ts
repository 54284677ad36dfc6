import type { Brand } from './brand.ts';

/** Id of one message as clients see it: a UUID, never used again. */
export type MessageId = Brand<string, 'MessageId'>;

/** Internal number of one queue; a queue that is deleted and created again gets another one. */
export type QueueId = Brand<number, 'QueueId'>;

/** What a client hands back to settle a message: opaque text, one per delivery. */
export type ReceiptHandle = Brand<string, 'ReceiptHandle'>;

/** Id of one execution environment: unique over all runs of a platform. */
export type EnvironmentId = Brand<string, 'EnvironmentId'>;

/** Id of one API request or one invocation: a UUID. */
export type RequestId = Brand<string, 'RequestId'>;

/** Number of one run of the platform on its data directory: 1, 2, 3 …; rises with each start. */
export type RunId = Brand<number, 'RunId'>;
