import { queueArn } from '../message/queue-key.ts';
import { targetArn } from '../function/function.ts';
import type { Mapping, Mappings } from '../dispatch/mappings.ts';
import type { Question, QuestionAnswer } from './question.ts';

/** One mapping at this moment, as `GET /_millrace/mappings` answers it. */
export interface MappingReport {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly state: string;
  /** Batches that run now. */
  readonly running: number;
  /** The most that may run, by its own setting. */
  readonly maximumConcurrency?: number;
  /** The most that may run for what is behind the function; not given: no limit. */
  readonly paceLimit?: number;
  /** The pause before a batch, when even one at a time is too much. */
  readonly pacePauseMs: number;
  /** Why the pace went down last: `throttled`, `unreachable`, `failing`, `slow`. */
  readonly paceReason?: string;
  /** How often it went down since the mapping was put to work. */
  readonly paceCuts: number;
}

/** `mappings`: those of the caller's account, with their concurrency and pace, as a list of {@link MappingReport}. */
export function mappingsQuestion(mappings: Pick<Mappings, 'list'>): Question {
  return (query, caller): QuestionAnswer => {
    const region = query.get('region') ?? caller.region;
    const own = mappings
      .list()
      .filter(({ function: of }) => of.account === caller.account && of.region === region);
    return { kind: 'known', value: own.map(report) };
  };
}

function report({ uuid, source, function: target, state, settings, pace }: Mapping): MappingReport {
  const { maximumConcurrency } = settings;
  return {
    ...{ uuid, queueArn: queueArn(source), functionArn: targetArn(target), state },
    ...{ running: pace?.running ?? 0, pacePauseMs: pace?.pauseMs ?? 0, paceCuts: pace?.cutCount ?? 0 },
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    ...(pace?.limit !== undefined && { paceLimit: pace.limit }),
    ...(pace?.reason !== undefined && { paceReason: pace.reason }),
  };
}
