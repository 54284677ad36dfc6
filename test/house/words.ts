import { isTest, type Rule, type SourceFile } from './source-file.ts';

interface BannedWord {
  readonly word: RegExp;
  readonly instead: string;
  /** The only file of `src/` where it may stand. */
  readonly onlyIn?: string;
}

const BANNED: readonly BannedWord[] = [
  { word: /\bDate\.now\b/, instead: 'Clock.nowMs()', onlyIn: 'src/base/clock.ts' },
  { word: /\bnew Date\(\)/, instead: 'new Date(clock.nowMs())' },
  { word: /\b(?:setTimeout|setInterval)\b/, instead: 'Clock.after()', onlyIn: 'src/base/clock.ts' },
  { word: /\bAbortSignal\.timeout\b/, instead: 'Clock.after() and an AbortController' },
  { word: /\bMath\.random\b/, instead: 'Random.fraction()', onlyIn: 'src/base/random.ts' },
  { word: /\brandomUUID\b/, instead: 'Random.uuid()', onlyIn: 'src/base/random.ts' },
  { word: /\bprocess\.env\b/, instead: 'Config', onlyIn: 'src/config.ts' },
  { word: /\bprocess\.exit\b/, instead: 'process.exitCode, or an exception', onlyIn: 'src/cli/terminal.ts' },
  { word: /\bconsole\./, instead: 'Tell, or the output handed in' },
];

/** Time, chance, environment and exit come from one file each. */
export const bannedWords: Rule = (files) =>
  productFiles(files).flatMap((file) =>
    BANNED.filter(({ word, onlyIn }) => file.path !== onlyIn && word.test(file.code)).map(
      ({ word, instead }) => `${place(file, file.code, word)}: use ${instead}`,
    ),
  );

/** The law of a queue waits for nothing. */
export const pureLaw: Rule = (files) => {
  const word = /\b(?:await|async|Promise)\b/;
  return productFiles(files)
    .filter((file) => file.path.startsWith('src/queue/') && word.test(file.code))
    .map((file) => `${place(file, file.code, word)}: the law of a queue neither waits nor promises`);
};

const AWS_ERROR =
  /\b(?:(?<!NodeJS\.)[A-Z]\w+Exception|AWS\.SimpleQueueService\.\w+|QueueDoesNotExist|QueueNameExists|QueueDeletedRecently|ReceiptHandleIsInvalid|MessageNotInflight|BatchEntryIdsNotDistinct|PurgeQueueInProgress|OverLimit)\b/;

/** The names by which AWS calls failures are spelled at the doors alone, and by deploy and the command line, which are clients of them. */
export const awsErrorNames: Rule = (files) =>
  productFiles(files)
    .filter((file) => !/^src\/(?:wire|deploy|cli)\//.test(file.path) && AWS_ERROR.test(file.withStrings))
    .map((file) => `${place(file, file.withStrings, AWS_ERROR)}: AWS's error names belong to src/wire/`);

/** Nothing at module level changes while the program runs. */
export const moduleState: Rule = (files) => {
  const variable = /^(?:export )?(?:let|var)\s+\w+/m;
  const collection =
    /^(?:export )?const \w+(?:: (?!Readonly|readonly)[^=\n]+)? = (?:new (?:Map|Set|WeakMap|WeakSet|Array)\b|\[\];|\{\};)/m;
  return productFiles(files).flatMap((file) =>
    [variable, collection]
      .filter((pattern) => pattern.test(file.code))
      .map((pattern) => `${place(file, file.code, pattern)}: module-level state; put it into an object`),
  );
};

function productFiles(files: readonly SourceFile[]): SourceFile[] {
  return files.filter((file) => file.path.startsWith('src/') && !isTest(file.path));
}

/** `path:line: the words found`. */
function place(file: SourceFile, text: string, pattern: RegExp): string {
  const match = pattern.exec(text);
  const line = text.slice(0, match?.index ?? 0).split('\n').length;
  return `${file.path}:${line}: ${(match?.[0] ?? '').trim()}`;
}
