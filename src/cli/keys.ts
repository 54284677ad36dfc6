import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { KeyScope } from '../access/allowed-actions.ts';
import type { ConfiguredKey } from '../access/configured-keys.ts';
import { readKeyFile, writeKeyFile } from '../access/key-file.ts';
import { systemRandom } from '../base/random.ts';
import { keysFileOf, processVariables, type Flags } from '../config.ts';
import { CommandFailed, examples, print, printTable, WrongUsage } from './terminal.ts';

interface AddOptions extends Pick<Flags, 'keys' | 'data'> {
  readonly id?: string;
  readonly may: string;
}

type FileOptions = Pick<Flags, 'keys' | 'data'>;

/** `millrace keys`: the access keys by which other machines are let in. */
export function keysCommand(): Command {
  return new Command('keys')
    .description(
      'the access keys that requests must be signed with when the platform listens to other machines',
    )
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand())
    .addHelpText(
      'after',
      examples(
        '$ millrace keys add',
        '$ millrace keys add --may invoke-and-send',
        '$ millrace keys list',
        '$ millrace keys remove AKIAEXAMPLE',
      ),
    )
    .addHelpText('after', '\nA running platform takes a change at once.');
}

function addCommand(): Command {
  return fileCommand('add')
    .description('make a key; its secret is shown once')
    .option('--id <id>', 'its access key id (default: made up); twelve digits are an account of its own')
    .option(
      '--may <what>',
      'all, or invoke-and-send: send messages and invoke functions, nothing else',
      'all',
    )
    .addHelpText('after', examples('$ millrace keys add --may invoke-and-send'))
    .action((options: AddOptions) => {
      const { id = madeUpId() } = options;
      if (!/^[\w.-]{1,128}$/.test(id))
        throw new WrongUsage(`--id takes letters, digits and "_.-", up to 128; got "${id}".`);
      const scope = scopeOf(options.may);
      const file = fileOf(options);
      const keys = keysOf(file);
      if (keys.has(id)) throw new CommandFailed(`There is a key ${id} already.`);
      const secretAccessKey = Buffer.from(systemRandom.bytes(30)).toString('base64');
      save(file, keys.set(id, { secretAccessKey, scope }));
      print(`export AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`);
    });
}

function listCommand(): Command {
  return fileCommand('list')
    .description('the ids of all keys, and what each may do')
    .addHelpText('after', examples('$ millrace keys list'))
    .action((options: FileOptions) => {
      const keys = keysOf(fileOf(options));
      if (keys.size === 0) return print('There are no keys.');
      printTable(
        ['KEY', 'MAY'],
        [...keys].map(([id, { scope }]) => [id, scope]),
      );
    });
}

function removeCommand(): Command {
  return fileCommand('remove')
    .description('remove a key: nothing signed with it is let in any more')
    .argument('<id>', 'its access key id')
    .addHelpText('after', examples('$ millrace keys remove AKIAEXAMPLE'))
    .action((id: string, options: FileOptions) => {
      const file = fileOf(options);
      const keys = keysOf(file);
      if (!keys.delete(id))
        throw new CommandFailed(`There is no key ${id}. "millrace keys list" lists them.`);
      save(file, keys);
      print(`${id} is removed.`);
    });
}

function fileCommand(name: string): Command {
  return new Command(name)
    .option('--keys <file>', 'the file of the keys (default: access/keys.json in the data directory)')
    .option('--data <dir>', 'data directory (default ~/.local/share/millrace)');
}

function fileOf(options: FileOptions): string {
  return keysFileOf(options, processVariables());
}

function keysOf(file: string): Map<string, ConfiguredKey> {
  if (!existsSync(file)) return new Map();
  const read = readKeyFile(file);
  if (!read.ok) throw new CommandFailed(read.failure.what);
  return new Map(read.value);
}

function save(file: string, keys: Map<string, ConfiguredKey>): void {
  const written = writeKeyFile(file, keys);
  if (!written.ok) throw new CommandFailed(written.failure.what);
}

function scopeOf(text: string): KeyScope {
  if (text === 'all' || text === 'invoke-and-send') return text;
  throw new WrongUsage(`--may takes all or invoke-and-send; got "${text}".`);
}

/** Twenty letters and digits, as AWS makes them: `AKIA` says that the key lasts. */
function madeUpId(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return `AKIA${[...systemRandom.bytes(16)].map((byte) => letters[byte % 32]).join('')}`;
}
