import type { SqsAction } from './action.ts';
import { addPermission } from './add-permission.ts';
import { changeMessageVisibility } from './change-message-visibility.ts';
import { changeMessageVisibilityBatch } from './change-message-visibility-batch.ts';
import { createQueue } from './create-queue.ts';
import { deleteMessage } from './delete-message.ts';
import { deleteMessageBatch } from './delete-message-batch.ts';
import { deleteQueue } from './delete-queue.ts';
import { getQueueAttributes } from './get-queue-attributes.ts';
import { getQueueUrl } from './get-queue-url.ts';
import { listDeadLetterSourceQueues } from './list-dead-letter-source-queues.ts';
import { listQueues } from './list-queues.ts';
import { listQueueTags } from './list-queue-tags.ts';
import { purgeQueue } from './purge-queue.ts';
import { receiveMessage } from './receive-message.ts';
import { removePermission } from './remove-permission.ts';
import { sendMessage } from './send-message.ts';
import { sendMessageBatch } from './send-message-batch.ts';
import { setQueueAttributes } from './set-queue-attributes.ts';
import { tagQueue } from './tag-queue.ts';
import { untagQueue } from './untag-queue.ts';
import { refuse } from './action.ts';

const ACTIONS: Readonly<Record<string, SqsAction>> = {
  AddPermission: addPermission,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  CreateQueue: createQueue,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  ListQueues: listQueues,
  ListQueueTags: listQueueTags,
  PurgeQueue: purgeQueue,
  ReceiveMessage: receiveMessage,
  RemovePermission: removePermission,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  SetQueueAttributes: setQueueAttributes,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
};

/** Actions that SQS has and this server does not do. */
const UNSUPPORTED: readonly string[] = [
  'CancelMessageMoveTask',
  'ListMessageMoveTasks',
  'StartMessageMoveTask',
];

/** True for the name of an action of SQS, done here or not. */
export function isSqsAction(name: string): boolean {
  return Object.hasOwn(ACTIONS, name) || UNSUPPORTED.includes(name);
}

/** The action of this name; throws {@link ActionRefused} when there is none. */
export function sqsAction(name: string): SqsAction {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action !== undefined) return action;
  if (UNSUPPORTED.includes(name))
    refuse({ kind: 'unsupported', what: `${name} is not supported by this server.` });
  return refuse({ kind: 'unknown-action', action: name });
}
