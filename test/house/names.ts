import type { Rule } from './source-file.ts';

const VAGUE = /(?:^|\/)(?:utils?|helpers?|types|common|misc)(?:\.\w+$|\/)/;

/** A name says what is inside: none for what is left over, and no index that hides files behind it. */
export const names: Rule = (files) =>
  files.flatMap(({ path }) => [
    ...(VAGUE.test(path) ? [`${path}: name it for what it does`] : []),
    ...(/^src\/(?:.*\/)?index\.\w+$/.test(path) ? [`${path}: import the file itself; no index in src/`] : []),
  ]);

const LONGEST = 400;

/** A file that outgrows this has two reasons to change. */
export const lengths: Rule = (files) =>
  files
    .map(({ path, source }) => ({ path, lines: source.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LONGEST)
    .map(({ path, lines }) => `${path} has ${lines} lines; ${LONGEST} is the wall`);
