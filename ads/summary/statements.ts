import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type postgres from 'postgres';
import type { Statement } from '../click-processor/entry.ts';
import { writeStatements } from '../click-processor/write-reports.ts';
import type { Clients } from '../deploy/clients.ts';
import type { Companion } from '../deploy/companions.ts';
import { readStatementFigures, type StatementFigures } from '../ledger/statement-figures.ts';
import { QUEUE_NAMES } from '../messages/queue-names.ts';

/**
 * Asks for the statements of one day (UTC), one for each advertiser; answers how many. The function `statement` writes
 * them; where it is missing, the bare figures are kept.
 */
export async function askForStatements(
  sql: postgres.Sql,
  { sqs }: Clients,
  writer: Companion,
  day: string,
): Promise<number> {
  const advertisers = await sql<{ id: number }[]>`
    SELECT advertiser_id AS id FROM advertiser ORDER BY advertiser_id`;
  const queueUrl = `/000000000000/${QUEUE_NAMES.statements}`;
  for (const { id } of advertisers) {
    const figures = await readStatementFigures(sql, id, day);
    if (figures === undefined) continue;
    if (writer.kind === 'missing') await writeStatements(sql, [bareStatement(figures)]);
    else await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(figures) }));
  }
  return advertisers.length;
}

function bareStatement(figures: StatementFigures): Statement {
  const { advertiserId, day, final, chargedMicros, creditedMicros, lines } = figures;
  const rows = lines.map((line) =>
    [line.campaign, line.publisher, line.verdict, line.reason, line.clicks, line.amountMicros].join('\t'),
  );
  const body = ['campaign\tpublisher\tverdict\treason\tclicks\tmicro-units', ...rows].join('\n');
  return { advertiserId, day, final, body, chargedMicros, creditedMicros };
}
