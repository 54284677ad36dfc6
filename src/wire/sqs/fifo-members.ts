import type { Input } from '../input.ts';
import { refuse } from './action.ts';

const ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

/** An id of 1 to 128 letters, digits and punctuation; undefined when it is not given. */
export function readId(input: Input, name: string): string | undefined {
  const id = input.text(name);
  if (id === undefined || ID.test(id)) return id;
  return refuse({
    kind: 'invalid-value',
    value: id,
    parameter: name,
    reason: `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  });
}

/** Refuses a member that queues of the other type take. */
export function refuseOtherType(parameter: string, value: string | number): never {
  return refuse({
    kind: 'invalid-value',
    value,
    parameter,
    reason: 'The request include parameter that is not valid for this queue type.',
  });
}
