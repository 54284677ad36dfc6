import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One way to break the program on purpose. */
export interface Mutant {
  readonly name: string;
  readonly says: string;
  /** Replacements in the sources; each must be found. */
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  /** What the owner does to the schema. */
  readonly schema?: string;
}

/** Every one of these must be found out. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no-unique-key',
    says: 'a click that comes twice is recorded twice',
    edits: [
      {
        file: 'click-processor/record.ts',
        from: 'clicks.filter((click) => !ground.recorded.has(click.clickId))',
        to: 'clicks',
      },
    ],
    schema: 'ALTER TABLE click DROP CONSTRAINT click_pkey',
  },
  {
    name: 'acknowledge-before-commit',
    says: 'a message is gone whether its click was recorded or not',
    edits: [
      {
        file: 'click-processor/index.ts',
        from: 'const failedIds = await processor.process(event.Records);',
        to: 'const failedIds = await processor.process(event.Records).catch((): readonly string[] => []);',
      },
      {
        file: 'consumer/consumer.ts',
        from: 'const failed = new Set(await processor.process(queued));',
        to: 'const failed = new Set(await processor.process(queued).catch((): readonly string[] => []));',
      },
    ],
  },
  {
    name: 'answer-before-append',
    says: 'a redirect goes out before its click is durable',
    edits: [
      {
        file: 'server/click-door.ts',
        from: 'const outcome = await clicks.post(',
        to: "const outcome: string = 'posted'; void clicks.post(",
      },
    ],
  },
  {
    name: 'float-money',
    says: 'amounts are added as single-precision numbers',
    edits: [
      {
        file: 'click-processor/effects.ts',
        from: 'spent_micros = spent_micros + (${micros}::bigint[])[array_position(${ids}::integer[], campaign_id)]',
        to: 'spent_micros = ((spent_micros / 1e6)::real + ((${micros}::bigint[])[array_position(${ids}::integer[], campaign_id)] / 1e6)::real)::numeric * 1000000',
      },
    ],
  },
  {
    name: 'retry-without-key',
    says: 'what got no answer is sent again under a new id',
    edits: [
      {
        file: 'server/numbered-channel.ts',
        from: 'const kept = await spool.append(batch.map(({ seq, body }) => ({ serverId, seq, body })));',
        to: 'const kept = await spool.append(batch.map(({ seq, body }) => ({ serverId, seq, body: body.replace(/("clickId":"[0-9a-f-]{24})[0-9a-f]{12}/, (_, start: string) => start + Math.floor(Math.random() * 2 ** 40).toString(16).padStart(12, "0")) })));',
      },
    ],
  },
];

/** Makes a copy of the program in `target` that is broken in this way. Throws when a place to break is not found. */
export function makeMutant(root: string, target: string, mutant: Mutant): void {
  mkdirSync(target, { recursive: true });
  cpSync(join(root, 'ads'), join(target, 'ads'), { recursive: true });
  cpSync(join(root, 'package.json'), join(target, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'));
  for (const { file, from, to } of mutant.edits) {
    const path = join(target, 'ads', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`The mutant ${mutant.name} finds nothing to break in ${file}.`);
    writeFileSync(path, text.replace(from, to));
  }
}
