import { QUEUE_TAGS } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';

/** Tags of a request for a queue: keys of 1 to 128, values of up to 256 characters; undefined when none are given. */
export function readTags(
  input: Input,
  name: string,
  queueName: string,
): Readonly<Record<string, string>> | undefined {
  const tags = input.textMap(name);
  if (tags === undefined) return undefined;
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128)
      invalid(`Tag keys must be between 1 and 128 characters in length.`);
    if (value.length > 256) invalid(`Tag values must be between 0 and 256 characters in length.`);
    if (key.toLowerCase().startsWith('aws:')) invalid(`Tag keys may not begin with aws:, which is reserved.`);
  }
  refuseTooMany(Object.keys(tags).length, queueName);
  return tags;
}

/** Ends the action when a queue would have more tags than it may. */
export function refuseTooMany(count: number, queueName: string): void {
  if (count > QUEUE_TAGS) invalid(`Too many tags added for queue ${queueName}.`);
}

function invalid(message: string): never {
  return refuse({ kind: 'invalid-parameter', message });
}
