import { brokenMap, invalidParameter } from './lambda-errors.ts';

const MOST_TAGS = 50;
/** The longest key of a tag, in characters. */
export const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
/** Letters, spaces and digits of all languages, and a few signs. */
const PLAIN = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;
const PATTERN = 'Member must satisfy regular expression pattern: ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)';

/** Refuses tags that AWS would: too many, too long, of other signs, or named for AWS itself. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  if (entries.length > MOST_TAGS) throw invalidParameter('Number of tags exceeds resource tag limit.');
  if (entries.some(([key]) => key.length === 0 || key.length > LONGEST_KEY || !PLAIN.test(key)))
    throw brokenMap('tags', tags, 'keys', [...lengths(1, LONGEST_KEY), PATTERN, 'Member must not be null']);
  if (entries.some(([, value]) => value.length > LONGEST_VALUE || !PLAIN.test(value)))
    throw brokenMap('tags', tags, 'value', [
      ...lengths(0, LONGEST_VALUE),
      PATTERN,
      'Member must not be null',
    ]);
  const ofAws = entries.find(([key]) => /^aws:/i.test(key));
  if (ofAws !== undefined) throw invalidParameter(`The key of a tag cannot begin with "aws:": "${ofAws[0]}"`);
}

function lengths(least: number, most: number): readonly string[] {
  return [
    `Member must have length less than or equal to ${most}`,
    `Member must have length greater than or equal to ${least}`,
  ];
}
