import { parseQueueArn, queueArn } from '../../message/queue-key.ts';
import { ALLOWED_SOURCE_QUEUES, MAX_RECEIVE_COUNT } from '../../queue/limits.ts';
import type { QueueSettings, RedriveAllowPolicy, RedrivePolicy } from '../../queue/settings.ts';
import type { Caller } from '../caller.ts';
import { refuse } from './action.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads `{"deadLetterTargetArn": …, "maxReceiveCount": …}`; an empty text removes the policy. */
export function readRedrivePolicy(text: string, caller: Caller): RedrivePolicy | null {
  if (text === '') return null;
  const fields = jsonMap('RedrivePolicy', 'Redrive policy', text);
  const { deadLetterTargetArn, maxReceiveCount } = fields;
  for (const name of ['deadLetterTargetArn', 'maxReceiveCount']) {
    if (fields[name] === undefined) {
      return wrong('RedrivePolicy', text, `Redrive policy does not contain mandatory attribute: ${name}.`);
    }
  }
  const count = Number(maxReceiveCount);
  const isCount = typeof maxReceiveCount === 'number' || typeof maxReceiveCount === 'string';
  const { least, most } = MAX_RECEIVE_COUNT;
  if (!isCount || !Number.isInteger(count) || count < least || count > most) {
    const shown = String(maxReceiveCount);
    const reason = `Invalid value for maxReceiveCount: ${shown}, valid values are from ${least} to ${most} both inclusive.`;
    return wrong('RedrivePolicy', text, reason);
  }
  const target = typeof deadLetterTargetArn === 'string' ? parseQueueArn(deadLetterTargetArn) : undefined;
  if (target === undefined) return wrong('RedrivePolicy', text, 'Invalid value for deadLetterTargetArn.');
  if (target.account !== caller.account || target.region !== caller.region) {
    return wrong(
      'RedrivePolicy',
      text,
      'Dead-letter queue must be in the same account and region as the source.',
    );
  }
  return { deadLetterQueue: target, maxReceiveCount: count };
}

/** A redrive policy as text. */
export function writeRedrivePolicy({ redrive }: QueueSettings): string | undefined {
  if (redrive === undefined) return undefined;
  return JSON.stringify({
    deadLetterTargetArn: queueArn(redrive.deadLetterQueue),
    maxReceiveCount: redrive.maxReceiveCount,
  });
}

/** Reads `{"redrivePermission": …, "sourceQueueArns": […]}`; an empty text removes the policy. */
export function readRedriveAllowPolicy(text: string): RedriveAllowPolicy | null {
  if (text === '') return null;
  const { redrivePermission: permission, sourceQueueArns: arns } = jsonMap(
    'RedriveAllowPolicy',
    'Redrive allow policy',
    text,
  );
  if (permission === 'allowAll' || permission === 'denyAll') {
    if (arns === undefined) return { permission };
    return wrong(
      'RedriveAllowPolicy',
      text,
      `sourceQueueArns may only be given when redrivePermission is byQueue.`,
    );
  }
  if (permission !== 'byQueue') {
    return wrong('RedriveAllowPolicy', text, 'redrivePermission must be one of allowAll, denyAll, byQueue.');
  }
  const isList = Array.isArray(arns) && arns.length > 0 && arns.length <= ALLOWED_SOURCE_QUEUES;
  if (!isList || !arns.every(isQueueArn)) {
    const reason = `sourceQueueArns must name 1 to ${ALLOWED_SOURCE_QUEUES} queues by their ARNs.`;
    return wrong('RedriveAllowPolicy', text, reason);
  }
  return { permission, sourceQueueArns: arns };
}

/** A redrive allow policy as text. */
export function writeRedriveAllowPolicy({ redriveAllow }: QueueSettings): string | undefined {
  if (redriveAllow === undefined) return undefined;
  return JSON.stringify({
    redrivePermission: redriveAllow.permission,
    ...(redriveAllow.permission === 'byQueue' && { sourceQueueArns: redriveAllow.sourceQueueArns }),
  });
}

function isQueueArn(value: unknown): value is string {
  return typeof value === 'string' && parseQueueArn(value) !== undefined;
}

function jsonMap(parameter: string, called: string, text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // answered below: it is no map either
  }
  return wrong(parameter, text, `${called} is not a valid JSON map.`);
}

function wrong(parameter: string, value: string, reason: string): never {
  return refuse({ kind: 'invalid-value', value, parameter, reason });
}
