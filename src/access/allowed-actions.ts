/** What a configured key may do: everything, or hand messages in and invoke functions. */
export type KeyScope = 'all' | 'invoke-and-send';

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
  'lambda:InvokeFunction',
  'lambda:InvokeFunctionUrl',
  'sts:GetCallerIdentity',
]);

/** Actions of a key limited to invoke and send, with the address of a queue by its name, which senders begin with. */
const INVOKE_AND_SEND_ACTIONS: ReadonlySet<string> = new Set([
  'sqs:SendMessage',
  'sqs:SendMessageBatch',
  'sqs:GetQueueUrl',
  'lambda:InvokeFunction',
  'lambda:InvokeFunctionUrl',
  'sts:GetCallerIdentity',
]);

/** True when code inside an environment may do this action (`sqs:SendMessage`). */
export function environmentMay(action: string): boolean {
  return ENVIRONMENT_ACTIONS.has(action);
}

/** True when a key of this scope may do this action (`sqs:SendMessage`); undefined is what no API knows. */
export function keyMay(scope: KeyScope, action: string | undefined): boolean {
  return scope === 'all' || (action !== undefined && INVOKE_AND_SEND_ACTIONS.has(action));
}
