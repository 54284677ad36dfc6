import { resolve } from 'node:path';
import { Command } from 'commander';
import { processVariables, readConfig } from '../config.ts';
import { CommandFailed, examples, print, WrongUsage } from './terminal.ts';

/** `millrace backup DIR`: copies the data directory, also of a running platform. */
export function backupCommand(): Command {
  return new Command('backup')
    .description(
      'copy a data directory, also while a platform runs on it; start one on the copy to restore it',
    )
    .argument('<dir>', 'folder for the copy: one that does not exist yet, or is empty')
    .option('--data <dir>', 'data directory to copy (default ~/.local/share/millrace)')
    .addHelpText(
      'after',
      examples('$ millrace backup /backups/monday', '$ millrace up --data /backups/monday'),
    )
    .action(async (dir: string, flags: { readonly data?: string }) => {
      const config = readConfig(flags, processVariables());
      if (!config.ok) throw new WrongUsage(config.failure.what);
      const target = resolve(dir);
      const { backUp } = await import('../server/backup.ts');
      const done = await backUp(config.value.dataDirectory, target);
      if (!done.ok) throw new CommandFailed(done.failure.what);
      const { queues, messages, sizeBytes } = done.value;
      print(`${target}: ${queues} queues, ${messages} messages, ${(sizeBytes / 1e6).toFixed(1)} MB`);
    });
}
