import type { InvokeResult } from '../environment/result.ts';
import type { MessageAttribute, MessageAttributes } from '../message/attribute.ts';

/** Attributes hold texts of any length; a cause says enough in this many characters. */
const LONGEST_TEXT = 1024;

/** Why a message could not be handled, as attributes that it takes along should it become a dead letter. */
export function causeOf(result: InvokeResult): MessageAttributes {
  const { errorType, errorMessage, exitReason } = wordsOf(result);
  const texts: Readonly<Record<string, string | undefined>> = {
    ErrorType: errorType,
    ErrorMessage: errorMessage,
    ExitReason: exitReason,
    EnvironmentId: result.environmentId,
  };
  const told = Object.entries(texts).flatMap(([name, text]): [string, MessageAttribute][] =>
    text === undefined || text === '' ? [] : [[name, textAttribute(text)]],
  );
  return Object.fromEntries(told);
}

interface Words {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly exitReason?: string;
}

function wordsOf(result: InvokeResult): Words {
  switch (result.kind) {
    case 'function-error':
    case 'init-error':
      return { errorType: result.errorType, errorMessage: result.errorMessage };
    case 'exited':
      return { ...payloadWords(result.payload), exitReason: exitReason(result) };
    case 'timed-out':
      return { ...payloadWords(result.payload), exitReason: 'timed out' };
    case 'too-large':
      return payloadWords(result.payload);
    case 'no-room':
    case 'answered':
      return {};
  }
}

function exitReason(result: Extract<InvokeResult, { readonly kind: 'exited' }>): string {
  if (result.outOfMemory) return 'out of memory';
  return result.signal === undefined ? `exit status ${result.code ?? 'unknown'}` : `signal ${result.signal}`;
}

/** What the caller would have got says it in AWS's words. */
function payloadWords(payload: Uint8Array): Words {
  const { errorType, errorMessage } = JSON.parse(Buffer.from(payload).toString('utf8')) as Words;
  return { ...(errorType && { errorType }), ...(errorMessage && { errorMessage }) };
}

function textAttribute(text: string): MessageAttribute {
  return { dataType: 'String', stringValue: text.slice(0, LONGEST_TEXT) };
}
