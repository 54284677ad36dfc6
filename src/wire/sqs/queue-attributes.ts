import type { QueueDescription } from '../../broker/broker.ts';
import { queueArn } from '../../message/queue-key.ts';
import {
  DATA_KEY_REUSE_SECONDS,
  DELAY_SECONDS,
  MESSAGE_SIZE_BYTES,
  RETENTION_SECONDS,
  VISIBILITY_SECONDS,
  WAIT_SECONDS,
  type Range,
} from '../../queue/limits.ts';
import type { QueueSettings, SettingsChange } from '../../queue/settings.ts';
import type { Caller } from '../caller.ts';
import { refuse } from './action.ts';
import { FIFO_NAMES, fifoAttributeOf, readFifoAttributes, writeFifoAttribute } from './fifo-attributes.ts';
import { readPolicy } from './queue-policy.ts';
import {
  readRedriveAllowPolicy,
  readRedrivePolicy,
  writeRedriveAllowPolicy,
  writeRedrivePolicy,
} from './redrive-attributes.ts';

/** One attribute that an owner may set: the setting behind it, and the way from and to its text. */
interface Settable {
  readonly setting: keyof QueueSettings;
  read(text: string, caller: Caller): unknown;
  write(settings: QueueSettings): string | undefined;
}

type SecondsSetting =
  | 'delayMs'
  | 'retentionMs'
  | 'receiveWaitMs'
  | 'visibilityMs'
  | 'kmsDataKeyReusePeriodMs';

/** Settable attributes by name, in the order in which they are answered. */
const SETTABLE: Readonly<Record<string, Settable>> = {
  VisibilityTimeout: seconds('VisibilityTimeout', 'visibilityMs', VISIBILITY_SECONDS),
  MaximumMessageSize: {
    setting: 'maximumMessageSizeBytes',
    read: (text) => wholeNumber('MaximumMessageSize', text, MESSAGE_SIZE_BYTES),
    write: (settings) => String(settings.maximumMessageSizeBytes),
  },
  MessageRetentionPeriod: seconds('MessageRetentionPeriod', 'retentionMs', RETENTION_SECONDS),
  DelaySeconds: seconds('DelaySeconds', 'delayMs', DELAY_SECONDS),
  ReceiveMessageWaitTimeSeconds: seconds('ReceiveMessageWaitTimeSeconds', 'receiveWaitMs', WAIT_SECONDS),
  SqsManagedSseEnabled: {
    setting: 'managedSseEnabled',
    read: (text) => trueOrFalse('SqsManagedSseEnabled', text),
    write: (settings) => String(settings.managedSseEnabled),
  },
  Policy: { setting: 'policy', read: readPolicy, write: (settings) => settings.policy },
  RedrivePolicy: { setting: 'redrive', read: readRedrivePolicy, write: writeRedrivePolicy },
  RedriveAllowPolicy: {
    setting: 'redriveAllow',
    read: readRedriveAllowPolicy,
    write: writeRedriveAllowPolicy,
  },
  KmsMasterKeyId: {
    setting: 'kmsMasterKeyId',
    read: (text) => (text === '' ? null : text),
    write: (settings) => settings.kmsMasterKeyId,
  },
  KmsDataKeyReusePeriodSeconds: {
    ...seconds('KmsDataKeyReusePeriodSeconds', 'kmsDataKeyReusePeriodMs', DATA_KEY_REUSE_SECONDS),
    write: (settings) =>
      settings.kmsMasterKeyId === undefined ? undefined : String(settings.kmsDataKeyReusePeriodMs / 1000),
  },
};

/** Attributes that tell and cannot be set. */
const READ_ONLY: Readonly<Record<string, (queue: QueueDescription) => string>> = {
  ApproximateNumberOfMessages: (queue) => String(queue.visibleCount),
  ApproximateNumberOfMessagesNotVisible: (queue) => String(queue.inFlightCount),
  ApproximateNumberOfMessagesDelayed: (queue) => String(queue.delayedCount),
  CreatedTimestamp: (queue) => String(Math.floor(queue.createdAtMs / 1000)),
  LastModifiedTimestamp: (queue) => String(Math.floor(queue.modifiedAtMs / 1000)),
  QueueArn: (queue) => queueArn(queue.key),
};

const ALL: readonly string[] = [...Object.keys(READ_ONLY), ...Object.keys(SETTABLE), ...FIFO_NAMES];

/** The settings that attributes of a request mean; the action ends when one is unknown or wrong. */
export function readAttributes(
  given: Readonly<Record<string, string>>,
  caller: Caller,
  isFifo: boolean,
): SettingsChange {
  const fifo = readFifoAttributes(given, isFifo);
  const change: Record<string, unknown> = fifo === undefined ? {} : { fifo };
  for (const [name, text] of Object.entries(given)) {
    if (FIFO_NAMES.includes(name)) continue;
    const attribute = Object.hasOwn(SETTABLE, name) ? SETTABLE[name] : undefined;
    if (attribute === undefined) return refuse({ kind: 'unknown-attribute', name });
    change[attribute.setting] = attribute.read(text, caller);
  }
  if (typeof change['kmsMasterKeyId'] === 'string') {
    if (change['managedSseEnabled'] === true) return refuse({ kind: 'both-encryptions' });
    change['managedSseEnabled'] = false;
  } else if (change['managedSseEnabled'] === true) change['kmsMasterKeyId'] = null;
  return change;
}

/** The name of the attribute behind a setting. */
export function attributeOf(setting: string): string {
  const found = Object.entries(SETTABLE).find(([, attribute]) => attribute.setting === setting);
  return found?.[0] ?? fifoAttributeOf(setting) ?? setting;
}

/** The attributes asked for that the queue has; `All` is all of them. The action ends when a name is unknown. */
export function writeAttributes(
  queue: QueueDescription,
  asked: readonly string[],
): Readonly<Record<string, string>> {
  const named = asked.filter((name) => name !== 'All');
  const names = named.length < asked.length ? [...ALL, ...named] : named;
  const written: Record<string, string> = {};
  for (const name of names) {
    const value = valueOf(queue, name);
    if (value !== undefined) written[name] = value;
  }
  return written;
}

function valueOf(queue: QueueDescription, name: string): string | undefined {
  if (Object.hasOwn(READ_ONLY, name)) return READ_ONLY[name]?.(queue);
  if (Object.hasOwn(SETTABLE, name)) return SETTABLE[name]?.write(queue.settings);
  return FIFO_NAMES.includes(name)
    ? writeFifoAttribute(queue.settings, name)
    : refuse({ kind: 'unknown-attribute', name });
}

function seconds(name: string, setting: SecondsSetting, range: Range): Settable {
  return {
    setting,
    read: (text) => wholeNumber(name, text, range) * 1000,
    write: (settings) => String(settings[setting] / 1000),
  };
}

function wholeNumber(name: string, text: string, range: Range): number {
  const value = Number(text);
  const fits = /^\d{1,12}$/.test(text) && value >= range.least && value <= range.most;
  return fits ? value : refuse({ kind: 'invalid-attribute-value', name });
}

function trueOrFalse(name: string, text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  return lower === 'false' ? false : refuse({ kind: 'invalid-attribute-value', name });
}
