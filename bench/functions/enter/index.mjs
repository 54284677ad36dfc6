import { connect } from 'node:net';

let reporting;

/** Reports the moment at which it was entered for each message, over one TCP connection that stays open. */
export async function handler(event) {
  const enteredMs = performance.timeOrigin + performance.now();
  reporting ??= connect(Number(process.env.REPORT_PORT), '127.0.0.1');
  for (const record of event.Records ?? []) reporting.write(`${record.body} ${enteredMs}\n`);
  return {};
}
