import { invalidParameter } from './lambda-errors.ts';

const MOST_TAGS = 50;
/** The longest key of a tag, in characters. */
export const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** Refuses tags that AWS would: too many, too long, or named for AWS itself. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  if (entries.length > MOST_TAGS) throw invalidParameter('Number of tags exceeds resource tag limit.');
  for (const [key, value] of entries) {
    if (key.length === 0 || key.length > LONGEST_KEY) {
      throw invalidParameter(`A tag's key has 1 to ${LONGEST_KEY} characters: "${key.slice(0, 200)}"`);
    }
    if (value.length > LONGEST_VALUE) {
      throw invalidParameter(`The value of the tag "${key}" is longer than ${LONGEST_VALUE} characters.`);
    }
    if (/^aws:/i.test(key)) throw invalidParameter(`The key of a tag cannot begin with "aws:": "${key}"`);
  }
}
