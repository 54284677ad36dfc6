import type { Command } from 'commander';
import type { Status } from '../admin/status.ts';
import { ask, connectedCommand, connection, type ConnectionOptions } from './connection.ts';
import { examples, print } from './terminal.ts';

interface StatusOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** `millrace status`: how the running platform does, in a few lines. */
export function statusCommand(): Command {
  return connectedCommand('status')
    .description('show the isolation tier, what runs, and what has happened since the start')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('$ millrace status --json'))
    .action(async (options: StatusOptions) => {
      const to = connection(options);
      const status = (await ask(to, 'status')) as Status;
      if (options.json === true) return print(JSON.stringify(status, undefined, 2));
      const { figures } = status;
      const ends = Object.entries(figures.invocations).map(([outcome, count]) => `${outcome} ${count}`);
      print(
        `version       ${status.version}, up for ${Math.round(status.upForMs / 1000)} s at ${to.endpoint}`,
      );
      print(`data          ${status.dataDirectory} (run ${status.run})`);
      print(`isolation     ${status.isolation.tier}: ${status.isolation.description}`);
      print(`environments  ${status.environments.running} now, ${figures.environmentsStarted} started`);
      if (figures.paceCuts > 0)
        print(`pace          went down ${figures.paceCuts} times (millrace functions)`);
      print(`invocations   ${ends.length === 0 ? 'none yet' : ends.join(', ')}`);
      print(
        `messages      ${figures.messagesSent} sent, ${figures.messagesSettled} settled, ${figures.messagesDeadLettered} dead letters`,
      );
    });
}
