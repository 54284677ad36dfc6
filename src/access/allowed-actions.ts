/** Actions an execution environment may do, in its own account: messages and invocations, no control plane. */
const ENVIRONMENT_ACTIONS: ReadonlySet<string> = new Set([
  'sqs:SendMessage',
  'sqs:SendMessageBatch',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:DeleteMessageBatch',
  'sqs:ChangeMessageVisibility',
  'sqs:ChangeMessageVisibilityBatch',
  'sqs:GetQueueUrl',
  'sqs:GetQueueAttributes',
  'sqs:ListQueues',
  'lambda:InvokeFunction',
  'sts:GetCallerIdentity',
]);

/** True when code inside an environment may do this action (`sqs:SendMessage`). */
export function environmentMay(action: string): boolean {
  return ENVIRONMENT_ACTIONS.has(action);
}
