import type { FifoSettings, QueueSettings } from '../../queue/settings.ts';
import { refuse } from './action.ts';

/** One attribute that only FIFO queues have: the values it may have, and what they mean. */
interface FifoAttribute {
  readonly setting: keyof FifoSettings;
  readonly values: Readonly<Record<string, string | boolean>>;
  /** What a standard queue is told of it; unset: that it is unknown. */
  readonly onStandard?: string;
}

const FIFO_ATTRIBUTES: Readonly<Record<string, FifoAttribute>> = {
  ContentBasedDeduplication: {
    setting: 'contentBasedDeduplication',
    values: { true: true, false: false },
  },
  DeduplicationScope: {
    setting: 'deduplicationScope',
    values: { queue: 'queue', messageGroup: 'messageGroup' },
    onStandard: 'You can specify the DeduplicationScope only when FifoQueue is set to true.',
  },
  FifoThroughputLimit: {
    setting: 'throughputLimit',
    values: { perQueue: 'perQueue', perMessageGroupId: 'perMessageGroupId' },
    onStandard: 'You can specify the FifoThroughputLimit only when FifoQueue is set to true.',
  },
};

const FIFO_QUEUE = 'FifoQueue';

/** Attributes that only FIFO queues have, in the order in which they are answered. */
export const FIFO_NAMES: readonly string[] = [FIFO_QUEUE, ...Object.keys(FIFO_ATTRIBUTES)];

/** The name of the attribute behind a setting of FIFO queues. */
export function fifoAttributeOf(setting: string): string | undefined {
  return Object.entries(FIFO_ATTRIBUTES).find(([, attribute]) => attribute.setting === setting)?.[0];
}

/** The change of FIFO settings that attributes mean, of a FIFO queue or of another; undefined when they mean none. */
export function readFifoAttributes(
  given: Readonly<Record<string, string>>,
  isFifo: boolean,
): Partial<FifoSettings> | undefined {
  const change: Record<string, string | boolean> = {};
  for (const name of FIFO_NAMES) {
    const text = given[name];
    if (text === undefined) continue;
    const attribute = FIFO_ATTRIBUTES[name];
    if (!isFifo) refuseOnStandard(name, attribute);
    if (attribute === undefined) refuseOtherType(text);
    else change[attribute.setting] = valueOf(name, attribute, text);
  }
  return isFifo ? change : undefined;
}

/** Refuses settings that do not go together: a limit per message group needs its scope. */
export function refuseContradiction(fifo: Partial<FifoSettings> | undefined): void {
  if (fifo?.throughputLimit !== 'perMessageGroupId' || fifo.deduplicationScope === 'messageGroup') return;
  refuse({
    kind: 'invalid-attribute-value',
    name: 'FifoThroughputLimit',
    reason: 'perMessageGroupId is allowed only when DeduplicationScope is messageGroup.',
  });
}

/** An attribute of FIFO queues as text; undefined on a standard queue. */
export function writeFifoAttribute({ fifo }: QueueSettings, name: string): string | undefined {
  if (fifo === undefined) return undefined;
  const attribute = FIFO_ATTRIBUTES[name];
  return attribute === undefined ? 'true' : String(fifo[attribute.setting]);
}

function refuseOnStandard(name: string, attribute: FifoAttribute | undefined): void {
  if (attribute?.onStandard === undefined) refuse({ kind: 'unknown-attribute', name });
  refuse({ kind: 'attribute-of-fifo', message: attribute.onStandard });
}

function refuseOtherType(text: string): void {
  if (text.toLowerCase() === 'true') return;
  const reason = 'Modifying queue type is not supported.';
  refuse({ kind: 'invalid-attribute-value', name: FIFO_QUEUE, reason });
}

function valueOf(name: string, attribute: FifoAttribute, text: string): string | boolean {
  const asked = name === 'ContentBasedDeduplication' ? text.toLowerCase() : text;
  const value = Object.hasOwn(attribute.values, asked) ? attribute.values[asked] : undefined;
  return value ?? refuse({ kind: 'invalid-attribute-value', name });
}
