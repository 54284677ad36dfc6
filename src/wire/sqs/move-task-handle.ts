import { parseQueueArn, queueArn, type QueueKey } from '../../message/queue-key.ts';
import { refuse } from './action.ts';

const LONGEST_HANDLE = 1000;

/** The opaque text by which a task is cancelled. */
export function writeTaskHandle(source: QueueKey, taskId: string): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn: queueArn(source) })).toString('base64');
}

/** The source and the id that a handle stands for; the action ends when it is none. */
export function readTaskHandle(handle: string): { readonly source: QueueKey; readonly id: string } {
  const { taskId, sourceArn } = fieldsOf(handle);
  const source = typeof sourceArn === 'string' ? parseQueueArn(sourceArn) : undefined;
  if (source !== undefined && typeof taskId === 'string') return { source, id: taskId };
  return refuse({ kind: 'invalid-parameter', message: 'Value for parameter TaskHandle is invalid.' });
}

function fieldsOf(handle: string): Readonly<Record<string, unknown>> {
  if (handle.length > LONGEST_HANDLE) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(handle, 'base64').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
