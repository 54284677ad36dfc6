/** One plain line on what is being done. */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

/** Says `line` now and how long it has been at it every five seconds; the answer ends that. */
export function sayWorking(line) {
  say(`${line} …`);
  const startedMs = Date.now();
  const timer = setInterval(() => {
    say(`${line} … ${Math.round((Date.now() - startedMs) / 1000)} s`);
  }, 5000);
  return () => clearInterval(timer);
}

/** The text without what may be a password in an address or a token. */
export function withoutSecrets(text) {
  return text
    .replaceAll(/(\w+:\/\/)[^\s/@]+@/g, '$1***@')
    .replaceAll(/((?:_authToken|_auth|_password|token|password)["']?\s*[=:]\s*)\S+/gi, '$1***');
}
