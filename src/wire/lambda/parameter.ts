import { Members, type TextRule } from '../members.ts';

/** A label of the path or a parameter of the query, checked as a member of that name; undefined when it is not there. @throws for a broken rule. */
export function readParameter(
  name: string,
  value: string | null | undefined,
  rule: TextRule,
): string | undefined {
  const members = new Members({ [name]: value });
  const text = members.text(name, rule);
  members.end();
  return text;
}

/** How the service model spells an alias's name: no number, so that it never hides a version. */
export const ALIAS_NAME: TextRule = {
  ...{ required: true, least: 1, most: 128 },
  pattern: /^(?!^[0-9]+$)([a-zA-Z0-9-_]+)$/,
};

/** How it spells the id of a statement in a policy. */
export const STATEMENT_ID: TextRule = { required: true, least: 1, most: 100, pattern: /^([a-zA-Z0-9-_]+)$/ };

/** The same where one is removed. */
export const REMOVED_STATEMENT_ID: TextRule = { ...STATEMENT_ID, pattern: /^([a-zA-Z0-9-_.]+)$/ };

/** How it spells the ARN of whatever AWS knows. */
export const ANY_ARN: TextRule = {
  most: 10_000,
  pattern:
    /^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)$/,
};
