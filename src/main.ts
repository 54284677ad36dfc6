import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { backupCommand } from './cli/backup.ts';
import { sentence } from './cli/connection.ts';
import { deployCommand } from './cli/deploy.ts';
import { functionsCommand } from './cli/functions.ts';
import { invokeCommand } from './cli/invoke.ts';
import { keysCommand } from './cli/keys.ts';
import { logsCommand } from './cli/logs.ts';
import { peekCommand } from './cli/peek.ts';
import { purgeCommand } from './cli/purge.ts';
import { queuesCommand } from './cli/queues.ts';
import { receiveCommand } from './cli/receive.ts';
import { redriveCommand } from './cli/redrive.ts';
import { removeCommand } from './cli/remove.ts';
import { runtimesCommand } from './cli/runtimes.ts';
import { sendCommand } from './cli/send.ts';
import { statusCommand } from './cli/status.ts';
import { CommandFailed, complain, endWithReader } from './cli/terminal.ts';
import { upCommand } from './cli/up.ts';

const USAGE_ERROR = 2;

/** The front door: one command per call. */
function program(): Command {
  const version = (
    JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version;
  const commands = [upCommand(version), deployCommand(), invokeCommand(), sendCommand(), receiveCommand()];
  const care = [peekCommand(), redriveCommand(), purgeCommand(), removeCommand()];
  const data = [backupCommand(), keysCommand()];
  const lists = [queuesCommand(), functionsCommand(), runtimesCommand(), logsCommand(), statusCommand()];
  const root = new Command('millrace')
    .description(
      'A durable message broker (AWS SQS API) and a function platform (AWS Lambda API) in one program.',
    )
    .version(version)
    .showHelpAfterError('(millrace COMMAND --help says more)');
  for (const command of [...commands, ...care, ...data, ...lists]) root.addCommand(likeRoot(command, root));
  return root.exitOverride();
}

/** The command and those below it, set as the root is. */
function likeRoot(command: Command, root: Command): Command {
  for (const below of command.commands) likeRoot(below, root);
  return command.copyInheritedSettings(root).exitOverride();
}

async function main(): Promise<void> {
  endWithReader();
  try {
    await program().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
      return;
    }
    complain(`millrace: ${sentence(error)}`);
    process.exitCode = error instanceof CommandFailed ? error.exitCode : 1;
  }
}

await main();
