import { hash } from 'node:crypto';
import type { Outcome, SqsClient } from './sqs-client.ts';

/** Chance for the workload: a number in [0, 1). */
export type Chance = () => number;

/** One receive, and a delete of a part of what it brought. How many came; -1 when the platform is gone. */
export type Take = (client: SqsClient, queue: string, query: object, part: number) => Promise<number>;

/** A body that says which message it is of, and whether it is whole. */
export function bodyOf(number: number, sizeBytes: number): string {
  const text = `${number}:`.padEnd(sizeBytes, 'abcdefghij');
  return `${text}:${hash('md5', text)}`;
}

/** What a body says of itself. */
export function read(body: string): { readonly number: number; readonly intact: boolean } {
  const end = body.lastIndexOf(':');
  return {
    number: Number.parseInt(body, 10),
    intact: hash('md5', body.slice(0, end)) === body.slice(end + 1),
  };
}

/** The queue's URL. */
export function url(queue: string): string {
  return `http://127.0.0.1/000000000000/${queue}`;
}

/** The messages that an answer says were accepted or deleted. */
export function succeeded(outcome: Outcome & { readonly kind: 'answered' }): number[] {
  const entries = (outcome.body['Successful'] ?? []) as readonly { readonly Id: string }[];
  return entries.map(({ Id }) => Number(Id));
}

/** How many messages a queue says it holds. */
export async function countOf(client: SqsClient, queue: string): Promise<number> {
  const input = { QueueUrl: url(queue), AttributeNames: ['All'] };
  const { Attributes } = (await client.demand('GetQueueAttributes', input)) as {
    readonly Attributes: Readonly<Record<string, string>>;
  };
  const counts = ['', 'NotVisible', 'Delayed'].map((which) =>
    Number(Attributes[`ApproximateNumberOfMessages${which}`]),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
