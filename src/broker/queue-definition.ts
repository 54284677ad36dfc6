import type { QueueKey } from '../message/queue-key.ts';
import type { MoveTask } from './move-task.ts';
import {
  DEFAULT_FIFO,
  type FifoSettings,
  type QueueSettings,
  type SettingsChange,
} from '../queue/settings.ts';

/** What a queue is, apart from its messages: written to the store as JSON. */
export interface QueueDefinition {
  readonly key: QueueKey;
  readonly settings: QueueSettings;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** The last tasks that moved messages out of it, newest first. */
  readonly moveTasks?: readonly MoveTask[];
  /** On a FIFO queue: what the ids of its messages follow from. */
  readonly idSeed?: string;
}

/** The text that the store keeps. */
export function writeDefinition(definition: QueueDefinition): string {
  return JSON.stringify(definition);
}

/** Reads what {@link writeDefinition} wrote. */
export function readDefinition(text: string): QueueDefinition {
  return JSON.parse(text) as QueueDefinition;
}

/** The settings after a change; `null` takes an optional one away. */
export function changedSettings(before: QueueSettings, change: SettingsChange): QueueSettings {
  const fifo = change.fifo && { fifo: { ...DEFAULT_FIFO, ...before.fifo, ...change.fifo } };
  const members = Object.entries({ ...before, ...change, ...fifo }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(members) as unknown as QueueSettings;
}

type SettingName = keyof QueueSettings | keyof FifoSettings;

/** The first given setting that differs from what the queue has. */
export function firstDifference(settings: QueueSettings, given: SettingsChange): SettingName | undefined {
  const { fifo, ...others } = given;
  return differing(settings, others) ?? differing(settings.fifo ?? DEFAULT_FIFO, fifo ?? {});
}

function differing<Settings extends object>(
  settings: Settings,
  given: { readonly [Name in keyof Settings]?: unknown },
): keyof Settings | undefined {
  const names = Object.keys(given) as (keyof Settings)[];
  return names.find((name) => canonical(settings[name]) !== canonical(given[name]));
}

/** The tags after a change; `null` takes one away. */
export function changedTags(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries({ ...before, ...change });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** One text for equal values, whatever the order of their members. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).toSorted(([first], [second]) => (first < second ? -1 : 1));
  return JSON.stringify(members.map(([name, member]) => [name, canonical(member)]));
}
