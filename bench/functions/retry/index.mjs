import { connect } from 'node:net';

let reporting;

/**
 * Reports each time that it sees a message: its id, the delay that it wants, the moment. Fails it until it was received as often as its
 * body says, and says when it wants it again if the body says so.
 */
export async function handler({ Records }) {
  reporting ??= connect(Number(process.env.REPORT_PORT), '127.0.0.1');
  const batchItemFailures = [];
  for (const { messageId: itemIdentifier, body, attributes } of Records) {
    const { tries, wantedS, delaySeconds } = JSON.parse(body);
    const count = Number(attributes.ApproximateReceiveCount);
    if (count < tries) batchItemFailures.push({ itemIdentifier, delaySeconds });
    reporting.write(`${itemIdentifier} ${wantedS} ${performance.timeOrigin + performance.now()}\n`);
  }
  return { batchItemFailures };
}
