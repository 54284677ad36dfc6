import type { Attack } from './attack.ts';

const reads = (found: string) => `
import os
mark = order['mark']
found = []
def look(path):
    try:
        with open(path, 'rb') as file:
            if mark.encode() in file.read(2_000_000): found.append(path)
    except OSError: pass
for root, folders, files in os.walk('/'):
    if root in ('/proc', '/usr', '/dev', '/lib', '/lib64'):
        folders[:] = []
        continue
    for name in files: look(os.path.join(root, name))
for pid in os.listdir('/proc'):
    if pid.isdigit():
        for name in ('environ', 'cmdline', 'mountinfo', 'root/tmp/secret', 'cwd/driver.cjs'): look(f'/proc/{pid}/{name}')
seen = [path for path in ('/etc/shadow', '/root', '/home', order['data'], order['run'], '/sys/fs/cgroup') if os.path.exists(path)]
result = dict(${found})`;

/** What a program may try against its neighbours and its host, and what must come of it. */
export const NEIGHBOUR_ATTACKS: Readonly<Record<string, Attack>> = {
  'Python reads what others have: files, code, variables, command lines': {
    python: reads('found=found, seen=seen'),
    comesTo: { found: [], seen: [] },
  },
  'Node reads what others have': {
    node: `
      const fs = require('fs');
      const found = [];
      const look = (path) => {
        try { if (fs.readFileSync(path).includes(order.mark)) found.push(path); } catch {}
      };
      const names = (path) => { try { return fs.readdirSync(path); } catch { return []; } };
      for (const pid of names('/proc').filter((name) => /^\\d+$/.test(name)))
        for (const name of ['environ', 'cmdline', 'root/tmp/secret']) look('/proc/' + pid + '/' + name);
      for (const folder of ['/tmp', '/var/task', '/run', '/opt', '/etc'])
        for (const name of names(folder)) look(folder + '/' + name);
      return { found, data: fs.existsSync(order.data) };`,
    comesTo: { found: [], data: false },
  },
  'a shell follows links out of its folders': {
    shell: `
      ln -s /etc/shadow /tmp/shadow; ln -s "/proc/1/root/etc/shadow" /tmp/again; ln -s / /tmp/root
      cat /tmp/shadow /tmp/again /tmp/root/root/.profile /proc/1/root/etc/shadow /var/task/../../etc/shadow 2>/dev/null
      ln /var/task/bootstrap /tmp/hard 2>/dev/null && echo linked
      echo changed 2>/dev/null >>/var/task/bootstrap && echo written
      for p in /run/millrace /var/task /etc /dev /usr; do ( : >"$p/x" ) 2>/dev/null && echo "$p"; done; exit 0`,
    comesTo: { code: 0, out: '', err: '' },
  },
  'Python signals and traces every process': {
    python: `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
ptrace = []
for request in (16, 0x4206):
    libc.ptrace(request, order['platform'], 0, 0)
    ptrace.append(ctypes.get_errno())
try: os.kill(order['platform'], 9); reached = 'maybe'
except ProcessLookupError: reached = 'no'
try: os.kill(-1, 15)
except ProcessLookupError: pass
except KeyboardInterrupt: pass
result = dict(ptrace=ptrace, reached=reached)`,
    comesTo: { ptrace: [1, 1], reached: 'no' },
  },
  'Python asks another environment’s Runtime API, and answers for it': {
    python: `
import http.client
outcomes = []
paths = [('GET', base + 'next'), ('POST', base + order['busy'] + '/response'), ('POST', base + order['busy'] + '/error'), ('POST', '/2018-06-01/runtime/init/error')]
for method, path in paths:
    try: outcomes.append(call(method, path, '"stolen"' if method == 'POST' else None, host=order['api'])[0])
    except (ConnectionError, http.client.HTTPException): outcomes.append('cut')
result = outcomes`,
    comesTo: ['cut', 'cut', 'cut', 'cut'],
  },
  'Node asks another environment’s Runtime API': {
    node: `
      const ask = (path, init) => fetch('http://' + order.api + path, init).then((answer) => answer.status, () => 'cut');
      const base = '/2018-06-01/runtime/invocation/';
      return [await ask(base + 'next'), await ask(base + order.busy + '/response', { method: 'POST', body: '"stolen"' })];`,
    comesTo: ['cut', 'cut'],
  },
  'Python listens where another environment’s Runtime API does': {
    python: `
import socket
host, port = order['api'].split(':')
outcomes = []
for address in (host, '0.0.0.0'):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try: s.bind((address, int(port))); s.listen(); outcomes.append('listening')
    except OSError as refused: outcomes.append(refused.errno)
    s.close()
result = outcomes`,
    comesTo: [98, 98],
  },
  'Node listens where the platform does': {
    node: `
      const net = require('net');
      const listen = (host) => new Promise((resolve) => {
        const server = net.createServer().on('error', (error) => resolve(error.code));
        server.listen(order.port, host, () => server.close(() => resolve('listening')));
      });
      const outcomes = [];
      for (const host of ['127.0.0.1', '0.0.0.0', '::', '::1']) outcomes.push(await listen(host));
      return outcomes.map((outcome) => (/EADDRNOTAVAIL|EAFNOSUPPORT/.test(outcome) ? 'EADDRINUSE' : outcome));`,
    comesTo: ['EADDRINUSE', 'EADDRINUSE', 'EADDRINUSE', 'EADDRINUSE'],
  },
};
