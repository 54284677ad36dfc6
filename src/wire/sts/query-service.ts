import type { AwsError } from '../errors.ts';
import type { QueryService } from '../query-door.ts';
import type { ElementNames } from '../xml.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

const VERSION = '2011-06-15';
const NO_LISTS: ElementNames = { lists: {}, maps: {}, inJson: {} };

class UnknownAction extends Error {}

/** STS, as far as it says whose account a request is made in. */
export const stsQueryService: QueryService = {
  name: 'sts',
  versions: [VERSION],
  namespace: (version) => `https://sts.amazonaws.com/doc/${version}/`,
  has: (action) => action === 'GetCallerIdentity',
  numberedName: (_action, member) => member,
  elementNames: () => NO_LISTS,
  call(action, _input, _request, caller) {
    if (action !== 'GetCallerIdentity') throw new UnknownAction(action);
    return Promise.resolve(getCallerIdentity(caller));
  },
  errorOf: (thrown) => (thrown instanceof UnknownAction ? unknown(thrown.message) : undefined),
};

function unknown(action: string): AwsError {
  const message = `Could not find operation ${action} for version ${VERSION}`;
  return { type: 'InvalidAction', status: 400, message };
}
