import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError, Option } from 'commander';
import type postgres from 'postgres';
import { addUser, changePassword, listUsers, setDisabled } from '../pages/users.ts';
import { ledgerCommand, onLedger, type DataOption } from './on-ledger.ts';

interface PasswordOption extends DataOption {
  readonly stdin: boolean;
}

interface AddOptions extends PasswordOption {
  readonly role: 'operator' | 'advertiser';
  readonly advertiser?: number;
}

/** `users add`, `users password`, `users disable`, `users enable`, `users list`: who may sign in to the pages. */
export function usersCommand(root: string): Command {
  const users = new Command('users').description('who may sign in to the pages');
  const command = (name: string, description: string): Command =>
    ledgerCommand(users, root, name, description);
  withPassword(command('add <email>', 'lets somebody sign in'))
    .addOption(
      new Option('--role <role>', 'what they may see')
        .choices(['operator', 'advertiser'])
        .makeOptionMandatory(),
    )
    .option('--advertiser <n>', 'whose clicks an advertiser sees', whole)
    .action(add);
  withPassword(command('password <email>', 'gives somebody another password and ends their sessions')).action(
    (email: string, options: PasswordOption) =>
      onLedger(options, async (sql) => {
        const password = await passwordOf(options);
        await changePassword(sql, email, password.text);
        return `${email} has another password.${password.said}`;
      }),
  );
  for (const [name, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const)
    command(
      `${name} <email>`,
      disabled ? 'ends sessions and lets them in no more' : 'lets them in again',
    ).action((email: string, options: DataOption) =>
      onLedger(options, async (sql) => {
        await setDisabled(sql, email, disabled);
        return `${email} is ${disabled ? 'not let in any more' : 'let in again'}.`;
      }),
    );
  command('list', 'names all users').action((options: DataOption) => onLedger(options, listed));
  return users;
}

async function add(email: string, options: AddOptions): Promise<void> {
  const { role, advertiser } = options;
  if ((role === 'advertiser') !== (advertiser !== undefined))
    throw new InvalidArgumentError('An advertiser needs --advertiser N, an operator has none.');
  await onLedger(options, async (sql) => {
    const password = await passwordOf(options);
    await addUser(sql, { email, password: password.text, advertiserId: advertiser });
    return `${email} can sign in.${password.said}`;
  });
}

/** From the standard input, or made up and said once. */
async function passwordOf({ stdin }: PasswordOption): Promise<{ text: string; said: string }> {
  if (stdin) return { text: (await text(process.stdin)).replace(/\r?\n$/, ''), said: '' };
  const made = randomBytes(15).toString('base64url');
  return { text: made, said: ` Password: ${made}` };
}

async function listed(sql: postgres.Sql): Promise<string> {
  const users = await listUsers(sql);
  const line = (user: (typeof users)[number]): string =>
    `${user.email}  ${user.role}${user.role === 'advertiser' ? ` ${user.advertiserId}` : ''}${user.disabled ? '  disabled' : ''}`;
  return users.length === 0 ? 'There are no users.' : users.map(line).join('\n');
}

function withPassword(command: Command): Command {
  return command.option(
    '--stdin',
    'read the password from the standard input instead of making one up',
    false,
  );
}

function whole(given: string): number {
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new InvalidArgumentError('It takes the number of an advertiser.');
}
