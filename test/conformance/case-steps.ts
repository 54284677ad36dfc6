import type { Step } from './cases.ts';

/** What stands before the name of a function; `{account}` is the caller's. */
export const FUNCTION = 'arn:aws:lambda:us-east-1:{account}:function:';
const HANDLER = `export const handler = async (event, context) => {
  if (event.fail) throw new RangeError('too far');
  console.log('seen by', context.functionName);
  return { said: process.env.SAYS ?? 'one', event, custom: context.clientContext?.custom ?? null };
};`;

/** Creates a function of one file. */
export function create(FunctionName: string, more: object = {}, source = HANDLER): Step {
  return {
    action: 'lambda:CreateFunction',
    input: {
      ...{ FunctionName, Runtime: 'nodejs24.x', Handler: 'index.handler' },
      ...{ Role: 'arn:aws:iam::000000000000:role/any', Code: { ZipFile: { $zip: { 'index.mjs': source } } } },
      ...more,
    },
    output: { FunctionName, FunctionArn: `${FUNCTION}${FunctionName}`, Version: '$LATEST', State: 'Pending' },
  };
}

/** Waits as the SDKs do. */
export function wait(waiter: string, FunctionName: string): Step {
  return { action: `lambda:wait:${waiter}`, input: { FunctionName } };
}

/** A step that is refused. */
export function refused(
  action: string,
  input: Step['input'],
  [status, code, message]: readonly [number, string, string],
): Step {
  return { action: `lambda:${action}`, input, error: { code, status, message } };
}

/** An invocation that is answered so. */
export function invoke(input: Step['input'], output: object): Step {
  return { action: 'lambda:Invoke', input, output };
}
