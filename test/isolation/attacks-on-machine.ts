import type { Attack } from './attack.ts';

/** What a program may try to take, and to leave behind. */
export const MACHINE_ATTACKS: Readonly<Record<string, Attack>> = {
  'Python forks without end': {
    python: `
import os, time
count, error = 0, None
try:
    while count < 1500:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError as refused: error = refused.errno
result = dict(error=error)`,
    matches: /^\{"error":11\}$|Runtime\.OutOfMemory/,
  },
  'Python fills memory in many processes': {
    python: `
import os, time
for _ in range(4):
    if os.fork() == 0:
        kept = bytearray(os.urandom(1000)) * 120_000
        time.sleep(60)
time.sleep(60)`,
    matches: /Unhandled.*Runtime\.OutOfMemory/,
  },
  'Node fills memory outside its heap': {
    node: `
      const all = [];
      for (;;) { all.push(Buffer.alloc(20e6, 1)); await new Promise((resolve) => setTimeout(resolve, 5)); }`,
    matches: /Unhandled.*Runtime\.OutOfMemory/,
  },
  'a shell leaves daemons that ignore signals': {
    shell: `
      for i in 1 2 3; do setsid sh -c 'trap "" TERM INT HUP; while :; do sleep 7777; done' >/dev/null 2>&1 & done
      setsid sh -c '(setsid sh -c "trap : TERM; sleep 7778" &) &' >/dev/null 2>&1
      setsid sh -c 'while :; do :; done' >/dev/null 2>&1 &
      echo left`,
    comesTo: { code: 0, out: 'left\n', err: '' },
  },
  'Node prints without end until its time is over': {
    node: `const line = 'x'.repeat(1e6) + '\\n'; for (;;) require('fs').writeSync(1, line);`,
    timeoutS: 2,
    matches: /Unhandled.*Sandbox\.Timedout.*2\.00 seconds/,
  },
  'Python ignores signals, and its time is over': {
    python: `
import signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
while True: time.sleep(60)`,
    timeoutS: 1,
    matches: /Unhandled.*Sandbox\.Timedout.*1\.00 seconds/,
  },
  'Node writes what are no frames to its door': {
    node: `
      const { prototype } = require('net').Socket;
      const { write } = prototype;
      prototype.write = function () { return write.call(this, Buffer.alloc(4096, 255)); };
      return 1;`,
    matches: /Unhandled.*Runtime\.ExitError/,
  },
  'Node opens its door a second time': {
    node: `
      const net = require('net');
      return new Promise((resolve) => {
        const second = net.connect('/run/millrace/door');
        second.on('close', () => resolve('closed')).on('error', () => undefined);
        second.on('data', () => resolve('answered'));
        second.write('x');
      });`,
    comesTo: 'closed',
  },
};
