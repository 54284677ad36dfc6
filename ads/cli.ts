import { join } from 'node:path';
import { Command } from 'commander';
import { botsCommand } from './commands/bots.ts';
import { compareCommand } from './commands/compare.ts';
import { crashCommand } from './commands/crash.ts';
import { keysCommand } from './commands/keys.ts';
import { rebuildCommand } from './commands/rebuild.ts';
import { replayCommand } from './commands/replay.ts';
import { sharesCommand } from './commands/shares.ts';
import { usersCommand } from './commands/users.ts';

const root = join(import.meta.dirname, '..');

/** `npm run ads -- COMMAND`: what is done with the click system beside starting it. One file of `commands/` each. */
async function main(): Promise<void> {
  const program = new Command('npm run ads --').description('Commands of the advertising click system.');
  const commands = [
    botsCommand(),
    compareCommand(root),
    crashCommand(root),
    keysCommand(root),
    rebuildCommand(root),
    replayCommand(root),
    sharesCommand(root),
    usersCommand(root),
  ];
  for (const command of commands) program.addCommand(command);
  await program.parseAsync();
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
