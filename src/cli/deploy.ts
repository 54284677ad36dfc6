import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { RuntimeReport } from '../admin/runtimes.ts';
import { LONGEST_TIMEOUT_S } from '../function/limits.ts';
import { ask, connectedCommand, connection, functionClient, queueClient } from './connection.ts';
import { chosen, functionName, type DeployOptions } from './deploy-choice.ts';
import { CommandFailed, examples, print, repeated } from './terminal.ts';

/** `millrace deploy DIR`: uploads a folder as a function, with its dependencies, and maps a queue to it. */
export function deployCommand(): Command {
  return connectedCommand('deploy')
    .description('upload a folder as a function, built if it must be; --queue names what triggers it')
    .argument('<dir>', 'the folder with the code')
    .option('--name <name>', "the function's name (default: the folder's)")
    .option('--queue <name>', 'the queue that triggers it; made when it is not there')
    .option(
      '--runtime <id>',
      'nodejs24.x, python3.11, provided.al2023 … (default: by the files, in the version that is installed)',
    )
    .option('--handler <name>', 'file.function (default: by the files)')
    .option('--timeout <seconds>', `how long one invocation may take, 1 to ${LONGEST_TIMEOUT_S}`)
    .option('--memory <MB>', 'how much memory an environment may use, 128 to 10240')
    .option('--batch-size <count>', 'messages per invocation, 1 to 10000')
    .option('--retry-after <seconds>', 'hide a failed message so long, and twice as long after each failure')
    .option('--retry-at-most <seconds>', 'the longest such time (default: 43200)')
    .option('--dead-letters <name>', 'the queue for what fails too often; made when it is not there')
    .option('--tries <count>', 'how often a message is tried before, 1 to 1000 (default: 5)')
    .option('--url', 'give it a URL at which it answers HTTP requests')
    .option('--url-auth <who>', 'none: whoever knows the URL; iam: requests must be signed (default: none)')
    .option(
      '--url-origin <origin>',
      'web pages of this origin may call the URL; may be repeated, * for all (default: no pages)',
      repeated,
    )
    .option('--url-stream', 'send what it writes to its answer at once, not when it is whole')
    .option('--env <name=value>', 'an environment variable; may be repeated', repeated)
    .option(
      '--layer <arn>',
      'a layer version that it finds at /opt; may be repeated, later ones cover earlier ones',
      repeated,
    )
    .addHelpText(
      'after',
      examples(
        '$ millrace deploy ./resize --queue uploads',
        '$ millrace deploy ./shop --url --url-origin https://shop.example',
        '$ millrace deploy ./resize --env BUCKET=pictures --timeout 30 --memory 512',
      ),
    )
    .action(deployFolder);
}

async function deployFolder(dir: string, options: DeployOptions): Promise<void> {
  const folder = resolve(dir);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandFailed(`${dir} is not a folder.`);
  const name = functionName(folder, options.name);
  const to = connection(options);
  const { deploy } = await import('../deploy/deploy.ts');
  const runtimes = async (): Promise<readonly RuntimeReport[]> =>
    (await ask(to, 'runtimes').catch(() => [])) as readonly RuntimeReport[];
  const clients = { queues: await queueClient(to), functions: await functionClient(to) };
  const doors = { ...clients, runtimes, tell: print };
  const done = await deploy({ folder, name, ...chosen(options) }, doors);
  if (!done.ok) throw new CommandFailed(done.failure.what);
  print(`${name} is ready.`);
}
