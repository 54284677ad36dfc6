import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { SecretsFile } from '../server/secrets-file.ts';

interface Given {
  readonly data: string;
  readonly revoke?: boolean;
}

/** `keys` and `keys rotate`: the keys that sign click tokens. Ad servers that run use a new one within a second. */
export function keysCommand(root: string): Command {
  const rotate = new Command('rotate')
    .description('makes a new key now; links signed by older ones stay good until they expire')
    .option('--revoke', 'forget the older keys: links that they signed are refused from now on', false)
    .action(() => {
      const { data, revoke = false } = rotate.optsWithGlobals<Given>();
      console.log(`From now on key ${secretsOf(data).rotate(Date.now(), revoke).id} signs.`);
    });
  return new Command('keys')
    .description('shows the keys that sign the links of ads, newest first')
    .option('--data <dir>', 'data directory of the ads', join(root, '.data'))
    .action(({ data }: Given) => {
      for (const { id, madeAtMs } of secretsOf(data).ring(Date.now()).keys)
        console.log(`${id}  made ${new Date(madeAtMs).toISOString()}`);
    })
    .addCommand(rotate);
}

function secretsOf(data: string): SecretsFile {
  return new SecretsFile(join(resolve(data), 'ad-server', 'secrets.json'), Date.now());
}
