import { parseQueueArn, queueArn } from '../../message/queue-key.ts';
import { ALLOWED_SOURCE_QUEUES, MAX_RECEIVE_COUNT } from '../../queue/limits.ts';
import type { QueueSettings, RedriveAllowPolicy, RedrivePolicy } from '../../queue/settings.ts';
import type { Caller } from '../caller.ts';
import { refuse } from './action.ts';

type Fields = Readonly<Record<string, unknown>>;

const REDRIVE_MEMBERS = ['maxReceiveCount', 'deadLetterTargetArn'];
const ALLOW_MEMBERS = ['redrivePermission', 'sourceQueueArns'];
const NO_ALLOW_POLICY = "Amazon SQS can't create the redrive allow policy";

/** Reads `{"deadLetterTargetArn": …, "maxReceiveCount": …}`; an empty text removes the policy. */
export function readRedrivePolicy(text: string, caller: Caller): RedrivePolicy | null {
  if (text === '') return null;
  const fields = jsonMap(text);
  if (fields === undefined) return unreadable('RedrivePolicy', 'Redrive policy is not a valid JSON map.');
  const { deadLetterTargetArn, maxReceiveCount } = fields;
  for (const name of REDRIVE_MEMBERS) {
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
  if (target === undefined)
    return wrong('RedrivePolicy', text, 'Dead-letter target ARN should be fully qualified ARN.');
  if (Object.keys(fields).some((name) => !REDRIVE_MEMBERS.includes(name))) {
    const reason = `Only following attributes are supported: [${REDRIVE_MEMBERS.join(', ')}].`;
    return wrong('RedrivePolicy', text, reason);
  }
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
  const fields = jsonMap(text) ?? {};
  const { redrivePermission: permission, sourceQueueArns: arns } = fields;
  const isKnown = Object.keys(fields).every((name) => ALLOW_MEMBERS.includes(name));
  if (!isKnown || !isPermission(permission) || !(arns === undefined || isListOfQueues(arns))) {
    return unreadable('RedriveAllowPolicy', `${NO_ALLOW_POLICY}, as it’s in an unsupported format.`);
  }
  if (permission !== 'byQueue') {
    if (arns === undefined) return { permission };
    const reason = 'To specify one or more source queue ARNs, you must set redrivePermission to byQueue.';
    return wrong('RedriveAllowPolicy', text, `${NO_ALLOW_POLICY}. ${reason}`);
  }
  if (arns === undefined || arns.length === 0) {
    const reason =
      'When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.';
    return wrong('RedriveAllowPolicy', text, `${NO_ALLOW_POLICY}. ${reason}`);
  }
  if (arns.length <= ALLOWED_SOURCE_QUEUES) return { permission, sourceQueueArns: arns };
  const reason = `The maximum number of source queue ARNs you can specify is ${ALLOWED_SOURCE_QUEUES}.`;
  return wrong('RedriveAllowPolicy', text, `${NO_ALLOW_POLICY}. ${reason}`);
}

/** A redrive allow policy as text. */
export function writeRedriveAllowPolicy({ redriveAllow }: QueueSettings): string | undefined {
  if (redriveAllow === undefined) return undefined;
  return JSON.stringify({
    redrivePermission: redriveAllow.permission,
    ...(redriveAllow.permission === 'byQueue' && { sourceQueueArns: redriveAllow.sourceQueueArns }),
  });
}

function isPermission(value: unknown): value is RedriveAllowPolicy['permission'] {
  return value === 'allowAll' || value === 'denyAll' || value === 'byQueue';
}

function isListOfQueues(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.every((arn) => typeof arn === 'string' && parseQueueArn(arn) !== undefined)
  );
}

function jsonMap(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(name: string, reason: string): never {
  return refuse({ kind: 'invalid-attribute-value', name, reason });
}

function wrong(parameter: string, value: string, reason: string): never {
  return refuse({ kind: 'invalid-value', value, parameter, reason });
}
