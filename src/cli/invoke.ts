import type { Command } from 'commander';
import { connectedCommand, connection, functionClient, type ConnectionOptions } from './connection.ts';
import { readInput } from './input.ts';
import { CommandFailed, complain, examples, print, readable } from './terminal.ts';

interface InvokeOptions extends ConnectionOptions {
  readonly async?: boolean;
  readonly log?: boolean;
}

/** `millrace invoke FUNCTION [EVENT]`: runs a function once and prints its answer; exit code 1 when it fails. */
export function invokeCommand(): Command {
  return connectedCommand('invoke')
    .description('run a function once and print its answer')
    .argument('<function>', 'name of the function')
    .argument('[event]', 'the event as JSON; "-" reads standard input (default {})', '{}')
    .option('--async', 'only hand the event over; the platform runs and retries it')
    .option('--log', "also print the end of the invocation's log, on standard error")
    .addHelpText(
      'after',
      examples(
        `$ millrace invoke resize '{"width": 200}' --log`,
        '$ cat event.json | millrace invoke resize -',
      ),
    )
    .action(async (name: string, event: string, options: InvokeOptions) => {
      const client = await functionClient(connection(options));
      const { InvokeCommand, ResourceNotFoundException } = await import('@aws-sdk/client-lambda');
      const invoking = client.send(
        new InvokeCommand({
          FunctionName: name,
          InvocationType: options.async === true ? 'Event' : 'RequestResponse',
          LogType: options.log === true ? 'Tail' : 'None',
          Payload: Buffer.from(event === '-' ? await readInput('the event') : event),
        }),
      );
      const answer = await invoking.catch((error: unknown) => {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        throw new CommandFailed(
          `There is no function ${name}. "millrace functions" lists those that are there.`,
        );
      });
      if (answer.LogResult !== undefined)
        complain(readable(Buffer.from(answer.LogResult, 'base64').toString()));
      if (options.async !== true) print(Buffer.from(answer.Payload ?? []).toString());
      if (answer.FunctionError !== undefined) process.exitCode = 1;
    });
}
