import { functionLogKey } from '../function/function.ts';
import type { Functions } from '../function/functions.ts';
import type { LineStore } from '../store/lines.ts';
import type { Question, QuestionAnswer } from './question.ts';

const MOST_LINES = 100_000;

/** `logs?function=NAME[&limit=COUNT][&since=MS]`: the last lines of a function's log, oldest first. */
export function logsQuestion(functions: Functions, lines: LineStore): Question {
  return async (query, caller): Promise<QuestionAnswer> => {
    const name = query.get('function') ?? '';
    const region = query.get('region') ?? caller.region;
    const record = functions.get({ account: caller.account, region, name });
    if (record === undefined)
      return { kind: 'refused', status: 404, message: `There is no function ${name} in ${region}.` };
    const limit = Number(query.get('limit') ?? '100');
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LINES) {
      return { kind: 'refused', status: 400, message: `limit takes 1 to ${MOST_LINES}.` };
    }
    const sinceMs = query.has('since') ? { sinceMs: Number(query.get('since')) } : {};
    return { kind: 'known', value: await lines.tail(functionLogKey(record.key), { limit, ...sinceMs }) };
  };
}
