import type { QueryService } from '../query-door.ts';
import type { ElementNames } from '../xml.ts';
import { refuse } from './action.ts';
import { isSqsAction } from './actions.ts';
import { callSqs, sqsErrorOf, type SqsServiceParts } from './service.ts';

/** Lists and maps of inputs by member, as their numbered elements are called. */
const NUMBERED: Readonly<Record<string, string>> = {
  Actions: 'ActionName',
  Attributes: 'Attribute',
  AttributeNames: 'AttributeName',
  AWSAccountIds: 'AWSAccountId',
  BinaryListValues: 'BinaryListValue',
  MessageAttributes: 'MessageAttribute',
  MessageAttributeNames: 'MessageAttributeName',
  MessageSystemAttributes: 'MessageSystemAttribute',
  MessageSystemAttributeNames: 'MessageSystemAttributeName',
  StringListValues: 'StringListValue',
  TagKeys: 'TagKey',
  Tags: 'Tag',
  tags: 'Tag',
};

const LISTS: ElementNames['lists'] = {
  Failed: 'BatchResultErrorEntry',
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
};

const MAPS: ElementNames['maps'] = {
  Attributes: ['Attribute', 'Name', 'Value'],
  MessageAttributes: ['MessageAttribute', 'Name', 'Value'],
  Tags: ['Tag', 'Key', 'Value'],
};

const IN_JSON: ElementNames['inJson'] = { Messages: 'messages', QueueUrls: 'queueUrls' };

/** The version of today, and those of older clients: what they know means the same in it. */
const VERSIONS: QueryService['versions'] = ['2012-11-05', '2011-10-01', '2009-02-01'];

/** Actions on the queues of an account: no action of one queue, and unknown at the path of one. */
const OF_ACCOUNT: readonly string[] = ['CreateQueue', 'ListQueues'];

/** SQS by the Query protocol. */
export function sqsQueryService(parts: SqsServiceParts): QueryService {
  return {
    name: 'sqs',
    versions: VERSIONS,
    namespace: (version) => `http://queue.amazonaws.com/doc/${version}/`,
    has: isSqsAction,
    numberedName: (action, member) =>
      member === 'Entries' ? `${action}RequestEntry` : (NUMBERED[member] ?? member),
    elementNames,
    call: async (action, input, request, caller) => {
      if (request.path !== '/' && OF_ACCOUNT.includes(action)) refuse({ kind: 'unknown-action', action });
      return callSqs(parts, action, input, request, caller);
    },
    errorOf: sqsErrorOf,
  };
}

function elementNames(action: string): ElementNames {
  const entry = `${action}ResultEntry`;
  return { lists: { ...LISTS, Successful: entry, Results: entry }, maps: MAPS, inJson: IN_JSON };
}
