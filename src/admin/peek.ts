import type { Broker } from '../broker/broker.ts';
import type { Peeked } from '../broker/peek.ts';
import type { Question, QuestionAnswer } from './question.ts';

const MOST_MESSAGES = 1000;

/** One message as the answer of `GET /_millrace/peek` shows it. */
export interface PeekedMessage extends Pick<Peeked, 'standing' | 'receiveCount' | 'visibleAtMs'> {
  readonly id: string;
  readonly body: string;
  readonly sentAtMs: number;
  readonly groupId?: string;
  readonly deadLetterSourceArn?: string;
  /** Texts as they are, bytes as base64. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** `peek?queue=NAME[&limit=COUNT][&hidden=true]`: messages of a queue, which stay as they are. */
export function peekQuestion(broker: Pick<Broker, 'peek'>): Question {
  return async (query, { account, region: own }): Promise<QuestionAnswer> => {
    const name = query.get('queue') ?? '';
    const region = query.get('region') ?? own;
    const maximum = Number(query.get('limit') ?? '10');
    if (!Number.isInteger(maximum) || maximum < 1 || maximum > MOST_MESSAGES) {
      return { kind: 'refused', status: 400, message: `limit takes 1 to ${MOST_MESSAGES}.` };
    }
    const hidden = query.get('hidden') === 'true';
    const peeked = await broker.peek({ account, region, name }, { maximum, hidden });
    if (peeked.ok) return { kind: 'known', value: peeked.value.map(shown) };
    return { kind: 'refused', status: 404, message: `There is no queue ${name} in ${region}.` };
  };
}

function shown({ message, standing, receiveCount, visibleAtMs }: Peeked): PeekedMessage {
  const { id, body, sentAtMs, groupId, deadLetterSourceArn, attributes } = message;
  return {
    ...{ id, body, sentAtMs, standing, receiveCount, visibleAtMs },
    ...(groupId !== undefined && { groupId }),
    ...(deadLetterSourceArn !== undefined && { deadLetterSourceArn }),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, attribute]) => [
        key,
        'stringValue' in attribute
          ? attribute.stringValue
          : Buffer.from(attribute.binaryValue).toString('base64'),
      ]),
    ),
  };
}
