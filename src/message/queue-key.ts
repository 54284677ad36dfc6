/** The full name of a queue: queues of two accounts or regions are different queues. */
export interface QueueKey {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** `region/account/name`: one text per queue, for maps. */
export function queueKeyText(key: QueueKey): string {
  return `${key.region}/${key.account}/${key.name}`;
}

/** The queue's ARN. */
export function queueArn(key: QueueKey): string {
  return `arn:aws:sqs:${key.region}:${key.account}:${key.name}`;
}

/** Reads a queue's ARN; undefined when the text is none. */
export function parseQueueArn(arn: string): QueueKey | undefined {
  const [prefix, partition, service, region, account, name, ...rest] = arn.split(':');
  const whole = prefix === 'arn' && partition === 'aws' && service === 'sqs' && rest.length === 0;
  if (!whole || !region || !account || !name) return undefined;
  return { account, region, name };
}
