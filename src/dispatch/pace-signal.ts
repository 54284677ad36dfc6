import type { InvokeResult } from '../environment/result.ts';

/**
 * What the end of an invocation says of what is behind the function: that it asks for less; that it cannot be reached or has
 * no time; nothing but that the handler failed; that all is well; or nothing at all.
 */
export type PaceSignal = 'throttled' | 'unreachable' | 'failed' | 'fine' | 'silent';

/** What the answer itself says, where the mapping reads answers. */
export interface AnswerSays {
  /** The function asks for a slower pace. */
  readonly throttled: boolean;
  /** It has handled none of the messages. */
  readonly allFailed: boolean;
  /** It has chosen for each of them when it wants it again. */
  readonly allDelayed: boolean;
}

/** Names of errors by which services say that they are asked too much: those that AWS's SDKs try again more slowly, and their kin. */
const THROTTLED_TYPE =
  /(^|[.:])(Throttl(ing|ed)\w*|TooManyRequests\w*|ProvisionedThroughputExceeded\w*|RequestLimitExceeded\w*|BandwidthLimitExceeded|RequestThrottled\w*|SlowDown\w*|PriorRequestNotComplete|EC2Throttled\w*|RateLimit\w*|QuotaExceeded\w*)$/i;

/** The same in the words of a message: less sure, and therefore asked for more than once. */
const THROTTLED_WORDS =
  /too many requests|rate exceeded|status(?: code)?:? 429|rate limit exceeded|throttled/i;

/** Names of errors for a connection that fails or takes too long. */
const UNREACHABLE_TYPE =
  /(^|[.:])(Connect(ion)?\w*(Error|Exception|Refused\w*|Timeout\w*)|SocketTimeout\w*|Socket(Error|Exc\w*)|\w*Timeout(Error|Exception)?|ServiceUnavailable\w*|OperationalError|ClosedChannel\w*)$/;

/** The system's words for it, as the languages pass them on. */
const UNREACHABLE_WORDS =
  /\b(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|UND_ERR_\w+)\b|connection (refused|reset|timed out|aborted)|no route to host|i\/o timeout|context deadline exceeded|too many connections|status(?: code)?:? 50[234]|service unavailable|bad gateway|gateway time-?out/i;

/** Reads the signal in how an invocation ended. */
export function paceSignal(result: InvokeResult, says: AnswerSays): PaceSignal {
  switch (result.kind) {
    case 'answered':
      if (says.throttled) return 'throttled';
      // It has arranged for all of them itself: that is no trouble.
      if (says.allDelayed) return 'silent';
      return says.allFailed ? 'failed' : 'fine';
    case 'function-error':
      return errorSignal(result.errorType, result.errorMessage);
    case 'timed-out':
      return 'failed';
    // The function's own code, or this machine: nothing behind it.
    case 'init-error':
    case 'exited':
    case 'too-large':
    case 'no-room':
      return 'silent';
  }
}

function errorSignal(errorType: string, errorMessage: string): PaceSignal {
  if (THROTTLED_TYPE.test(errorType)) return 'throttled';
  const isUnreachable =
    THROTTLED_WORDS.test(errorMessage) ||
    UNREACHABLE_TYPE.test(errorType) ||
    UNREACHABLE_WORDS.test(errorMessage);
  return isUnreachable ? 'unreachable' : 'failed';
}
