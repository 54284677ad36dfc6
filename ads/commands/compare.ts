import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { MOST_AT_ONCE } from '../click-processor/at-once.ts';
import { consumerForm, functionForm, type Form } from '../compare/forms.ts';
import { IDLE_SECONDS, layGround, type Ground } from '../compare/ground.ts';
import { measure, type Amounts, type Measured } from '../compare/measure.ts';
import { pageOf, tableOf } from '../compare/report.ts';

const FORMS: readonly ((ground: Ground) => Form | Promise<Form>)[] = [functionForm, consumerForm];

interface Given extends Amounts {
  readonly data: string;
}

/** `compare`: the function and the long-lived consumer, which are the same module, on the same load, one after the other. */
export function compareCommand(root: string): Command {
  return new Command('compare')
    .description(
      'measures the click processor as a function and as a long-lived consumer; a table and a page',
    )
    .option('--rate <n>', 'clicks a second of the steady load', whole, 200)
    .option('--seconds <n>', 'how long it lasts', whole, 15)
    .option('--backlog <n>', 'clicks that wait to be charged as fast as it goes', whole, 5000)
    .option('--idle-seconds <n>', 'how long nothing comes', whole, 60)
    .option('--data <dir>', 'where the page is written to', join(root, '.data'))
    .action(async ({ data, ...amounts }: Given) => {
      const all: Measured[] = [];
      for (const form of FORMS) all.push(await measureOn(root, form, amounts));
      const page = join(resolve(data), 'compare.html');
      mkdirSync(resolve(data), { recursive: true });
      writeFileSync(page, pageOf(all, circumstances(amounts)));
      console.log(`\n${tableOf(all)}\n\n${circumstances(amounts)}\nThe same as a page: ${page}`);
    });
}

async function measureOn(
  root: string,
  make: (ground: Ground) => Form | Promise<Form>,
  amounts: Amounts,
): Promise<Measured> {
  await using ground = await layGround(root);
  const form = await make(ground);
  try {
    return await measure(ground, form, amounts, (step) => console.log(`${step} ...`));
  } finally {
    await form.turnOff();
  }
}

function circumstances({ rate, seconds, backlog, idleSeconds }: Amounts): string {
  return (
    `Steady: ${rate} clicks a second for ${seconds} s (seconds from click to charge: it did not keep up); backlog: ${backlog} clicks; idle: ${idleSeconds} s, where environments ` +
    `that nobody uses are gone after ${IDLE_SECONDS} s. Both with batches of ten and at most ${MOST_AT_ONCE} at once. ` +
    'The consumer was started again at once when it was killed; what it had taken comes back when its visibility time of 30 s ends.'
  );
}

function whole(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number from 1.');
}
