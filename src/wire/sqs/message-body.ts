import { refuse } from './action.ts';

/** Characters that no message may hold, but for lone surrogates: SQS takes #x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD and above. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Ends the action when a text holds a character that SQS does not take; `place` is where it stands, as the error says it. */
export function refuseForbidden(text: string, place: string): void {
  if (!FORBIDDEN.test(text) && text.isWellFormed()) return;
  const [character = ''] = FORBIDDEN.exec(text) ?? LONE_SURROGATE.exec(text) ?? [];
  const code = character.charCodeAt(0).toString(16).toUpperCase();
  refuse({ kind: 'invalid-message-contents', character: `#x${code}`, place });
}
