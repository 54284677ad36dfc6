import type { Caller } from '../caller.ts';

/** GetCallerIdentity → `Arn`, `UserId`, `Account`: the account itself, or the environment that asks. */
export function getCallerIdentity({ account, environmentId }: Caller): Readonly<Record<string, string>> {
  if (environmentId === undefined) {
    return { Arn: `arn:aws:iam::${account}:root`, UserId: account, Account: account };
  }
  return {
    Arn: `arn:aws:sts::${account}:assumed-role/environment/${environmentId}`,
    UserId: `environment:${environmentId}`,
    Account: account,
  };
}
