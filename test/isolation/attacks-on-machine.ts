import { EVIL_CALLS } from '../../src/sandbox/bubblewrap/fixture/evil-calls.ts';
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
  'Python fills its disk': {
    python: `
import os
try:
    with open('/tmp/big', 'wb') as file:
        while True: file.write(bytes(1_000_000))
except OSError as refused: error = refused.errno
size = os.stat('/tmp/big').st_size
os.unlink('/tmp/big')
result = dict(error=error, bounded=size <= 512 * 1024 * 1024)`,
    comesTo: { error: 28, bounded: true },
  },
  'Python makes files without end': {
    python: `
import os, time
try:
    for n in range(1_000_000): os.close(os.open(f'/tmp/{n}', os.O_CREAT | os.O_WRONLY))
except OSError: pass
time.sleep(20)`,
    matches: /Unhandled.*Runtime\.OutOfMemory/,
  },
  'Python opens files, pipes and sockets without end': {
    python: `
import os, socket
held, errors = [], []
for make in (lambda: os.open('/dev/null', os.O_RDONLY), lambda: os.pipe()[0], lambda: socket.socket().detach()):
    try:
        while len(held) < 10_000: held.append(make())
    except OSError as refused: errors.append(refused.errno)
for descriptor in range(3, 2000):
    try: os.close(descriptor)
    except OSError: pass
result = dict(errors=errors, bounded=len(held) <= 1024)`,
    comesTo: { errors: [24, 24, 24], bounded: true },
  },
  'Python makes the system calls that reach for the host: mount, namespaces, bpf, io_uring, keyctl, raw sockets':
    {
      python: `
import contextlib, io, json
printed = io.StringIO()
with contextlib.redirect_stdout(printed): exec(${JSON.stringify(EVIL_CALLS)}, {})
result = [name for name, outcome in json.loads(printed.getvalue()).items() if outcome == 'allowed']`,
      comesTo: [],
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
      const { fstatSync, writeSync } = require('fs');
      for (let open = 3; open < 64; open += 1) {
        try {
          if (fstatSync(open).isSocket()) writeSync(open, Buffer.alloc(4096, 255));
        } catch {}
      }
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
