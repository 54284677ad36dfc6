import { Command } from 'commander';
import { SystemClock } from '../base/clock.ts';
import { processVariables, readConfig, type Config, type Flags } from '../config.ts';
import type { Platform } from '../server.ts';
import { CommandFailed, complain, examples, exit, print, WrongUsage } from './terminal.ts';

/** A start takes well under a second; a long recovery may take minutes. */
const LONGEST_START_MS = 86_400_000;
/** Left when a second Ctrl-C ends a stop that takes too long, as shells report an interrupt. */
const INTERRUPTED = 130;
/** Left when the disk failed: nothing more can be promised. */
const FATAL = 70;

/** `millrace up`: runs the platform until Ctrl-C or SIGTERM. */
export function upCommand(version: string): Command {
  return new Command('up')
    .description('run the platform: the broker, the functions, and the doors to both')
    .option('--port <number>', 'port of the AWS endpoint; 0 takes any free one (default 4566)')
    .option('--data <dir>', 'data directory (default ~/.local/share/millrace)')
    .option('--cache <dir>', 'folder for what runtimes fetch at their first use (default ~/.cache/millrace)')
    .option('--account <id>', 'account of requests that name none: twelve digits (default 000000000000)')
    .option('--region <name>', 'region of requests that name none (default us-east-1)')
    .option(
      '--listen <address>',
      'IP address to listen on (default 127.0.0.1); another than loopback needs access keys (millrace keys)',
    )
    .option(
      '--keys <file>',
      'access keys that requests must be signed with (default access/keys.json in the data directory, where they are needed)',
    )
    .option(
      '--tls-cert <file>',
      'certificate to speak TLS with, in PEM form, those between it and its CA behind it',
    )
    .option('--tls-key <file>', 'the private key of the certificate, in PEM form')
    .option(
      '--public-url <url>',
      'what addresses begin with that clients are given, behind a proxy (default as each client reached the endpoint)',
    )
    .option(
      '--url-domain <name>',
      'domain of function URLs (ID.lambda-url.REGION.NAME) for other machines; its names must lead here (default localhost)',
    )
    .option('--isolation <tier>', 'auto, bubblewrap, or bare (no isolation at all) (default auto)')
    .option(
      '--cpu <sharing>',
      'weight: processors in proportion to memory; quota: never more (default weight)',
    )
    .option('--idle <seconds>', 'how long an unused environment is kept (default 300)')
    .option('--concurrency <count>', 'how many invocations may run at once (default 1000)')
    .option('--connections <count>', 'how many connections may be open at once; more get 503 (default 20000)')
    .option('--polls <count>', 'how many receives may wait at once; more get 503 (default 20000)')
    .option('--bodies <MiB>', 'room for the bodies of all requests in memory; more get 503 (default 512)')
    .option(
      '--waits <whose>',
      'aws: 60 seconds between purges of a queue, and until the name of a deleted one is free (default none)',
    )
    .addHelpText('after', examples('$ millrace up', '$ millrace up --port 5000 --data ./data'))
    .addHelpText('after', '\nEach option can also be set as a variable: MILLRACE_PORT, MILLRACE_DATA …')
    .action(async (flags: Flags) => {
      const config = readConfig(flags, processVariables());
      if (!config.ok) throw new WrongUsage(config.failure.what);
      await run(config.value, version);
    });
}

async function run(config: Config, version: string): Promise<void> {
  const { beginAhead } = await import('../server/ahead.ts');
  const ahead = beginAhead();
  const { startPlatform } = await import('../server.ts');
  // Until the doors are open nothing else is sure to keep the process alive.
  const letGo = new SystemClock(0, true).after(LONGEST_START_MS, () => undefined);
  const started = await startPlatform(config, { version, log: complain, fatal }, ahead).finally(letGo);
  if (!started.ok) throw new CommandFailed(started.failure.what);
  const platform = started.value;
  announce(config, platform);
  // A terminal that closes ends what runs in it; a service is told to read its files again.
  if (!process.stdout.isTTY) process.on('SIGHUP', platform.reload);
  await interruption();
  complain('Stopping: running invocations end first. Ctrl-C again stops at once.');
  process.once('SIGINT', () => exit(INTERRUPTED));
  await platform[Symbol.asyncDispose]();
  exit(0);
}

function fatal(what: string): never {
  complain(`millrace: ${what} The platform stops at once; what it acknowledged is on disk.`);
  exit(FATAL);
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function announce(config: Config, platform: Platform): void {
  print(`Millrace is up at ${platform.endpoint}`);
  print(`  data        ${config.dataDirectory}`);
  print(`  isolation   ${platform.isolation.tier}: ${platform.isolation.description}`);
  print('For the AWS CLI and SDKs, paste:');
  print(
    `  export AWS_ENDPOINT_URL=${platform.endpoint} AWS_REGION=${config.region} AWS_DEFAULT_REGION=${config.region}`,
  );
  print(
    config.demandsKeys
      ? `  and the AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a key in ${config.keysFile}`
      : '  export AWS_ACCESS_KEY_ID=millrace AWS_SECRET_ACCESS_KEY=millrace',
  );
  // Seen with aws-cli 1.45: it sends SQS to AWS whatever the variable says.
  print(`  (version 1 of the AWS CLI needs, for sqs: aws sqs --endpoint-url ${platform.endpoint} …)`);
  print('Ctrl-C stops it.');
}
