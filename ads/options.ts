import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Ends after the summary; the exit code says whether the books balance. */
  readonly exit: boolean;
  /** How many click requests; undefined: the default, or the whole log when one is replayed. */
  readonly clicks: number | undefined;
  readonly rate: number;
  readonly replay: string | undefined;
  /** A replayed log comes at its own times, so many times as fast; undefined: evenly, at `rate`. */
  readonly speed: number | undefined;
  readonly data: string;
  /** Of the platform. */
  readonly port: number;
  /** Of the generated traffic; undefined: another one each time. */
  readonly seed: number | undefined;
  /** The long-lived consumer charges, instead of the function. */
  readonly classic: boolean;
}

/** How many clicks are sent when nobody says. */
export const DEFAULT_CLICKS = 5000;

/** The command line was not understood, or only asked for help: what was to say has been said. */
export interface NotStarting {
  readonly exitCode: number;
}

/** Reads the arguments after `npm start --`; `root` is the folder of the project. */
export function readOptions(
  given: readonly string[],
  root: string,
  write?: (text: string) => void,
): StartOptions | NotStarting {
  const command = describe(root);
  if (write !== undefined) command.configureOutput({ writeOut: write, writeErr: write });
  try {
    command.parse(given, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode };
    throw error;
  }
  const { data, replay, speed, clicks, seed, ...rest } = command.opts<StartOptions>();
  return {
    ...rest,
    clicks,
    seed,
    speed,
    data: resolve(data),
    replay: replay === undefined ? undefined : resolve(replay),
  };
}

function describe(root: string): Command {
  return new Command('npm start --')
    .description(
      'Brings the platform and the click system up, sends click traffic through it, and settles the books.',
    )
    .option('--exit', 'end after the summary; exit code 0 only if all differences are 0', false)
    .option(
      '--clicks <n>',
      `how many clicks to send (default: ${DEFAULT_CLICKS}, or the whole replayed log)`,
      whole(0),
    )
    .option('--rate <n>', 'clicks a second to aim at', whole(1), 500)
    .option('--replay <file>', 'send the requests of an access log in combined format', existingFile)
    .option('--speed <n>', 'keep the times of a replayed log, so many times as fast', whole(1))
    .option('--data <dir>', 'where everything is kept from start to start', join(root, '.data'))
    .option('--port <n>', 'port of the platform (0: any free one)', whole(0, 65_535), 4566)
    .option('--seed <n>', 'of the generated traffic (default: another one each time)', whole(0, 2 ** 32 - 1))
    .option('--classic', 'charge with the long-lived consumer instead of the function', false)
    .addHelpText(
      'after',
      '\nThe ledger database is DATABASE_URL if that is set, else an embedded PostgreSQL.',
    )
    .allowExcessArguments(false)
    .exitOverride();
}

function whole(least: number, most = 1_000_000_000): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  };
}

function existingFile(text: string): string {
  if (existsSync(text)) return text;
  throw new InvalidArgumentError('There is no such file.');
}
