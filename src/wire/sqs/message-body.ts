/** Characters that no message may hold, but for lone surrogates: SQS takes #x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD and above. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** True when a text holds a character that SQS does not take. */
export function hasForbiddenCharacter(text: string): boolean {
  return FORBIDDEN.test(text) || !text.isWellFormed();
}
