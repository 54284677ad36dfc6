import type { Attack } from './attack.ts';

const RAW = `
import json, socket
host, port = api.split(':')
def raw(text, more=b''):
    s = socket.create_connection((host, int(port)), 5)
    s.settimeout(5)
    try:
        s.sendall(text.encode() + more)
        s.shutdown(socket.SHUT_WR)
        return s.recv(300).decode(errors='replace').split('\\r\\n')[0]
    except OSError as error: return type(error).__name__
    finally: s.close()
`;

/** What a program may tell its own Runtime API that no runtime tells. */
export const DOOR_ATTACKS: Readonly<Record<string, Attack>> = {
  'it answers for a request that is not its own, and for one long over': {
    python: `
status, body, _ = call('POST', base + '00000000-0000-4000-8000-000000000000/response', '1')
status2, _, _ = call('POST', base + '../../../../functions/response', '1')
result = [status, b'InvalidRequestID' in body, status2]`,
    comesTo: [400, true, 404],
  },
  'it answers twice': {
    python: `
first = call('POST', base + request_id + '/response', '"first"')[0]
kept['second'] = call('POST', base + request_id + '/response', '"second"')[0]`,
    comesTo: 'first',
  },
  'it breaks its requests': {
    python: `${RAW}
path = base + request_id + '/response'
outcomes = [
    raw('GARBAGE\\r\\n\\r\\n'),
    raw(f'POST {path} HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: -5\\r\\n\\r\\n'),
    raw(f'POST {path} HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'),
    raw(f'POST {path} HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nZZ\\r\\n'),
    raw(f'POST {path} HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1000\\r\\n\\r\\nshort'),
    raw('GET / HTTP/1.1\\r\\nX: ' + 'y' * 3_000_000 + '\\r\\n\\r\\n'),
]
result = [outcome in ('', 'OSError', 'ConnectionResetError', 'BrokenPipeError') or ' 4' in outcome for outcome in outcomes]`,
    comesTo: [true, true, true, true, true, true],
  },
  'its answer has no end': {
    python: `
import socket
host, port = api.split(':')
s = socket.create_connection((host, int(port)))
s.sendall(f'POST {base}{request_id}/response HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'.encode())
chunk = b'10000\\r\\n' + b'x' * 65536 + b'\\r\\n'
sent = 0
try:
    while sent < 2_000_000_000: s.sendall(chunk); sent += 65536
except OSError: pass
kept['sent'] = sent`,
    matches: /Function\.ResponseSizeTooLarge/,
  },
  'its error has no end': {
    python: `
import socket
host, port = api.split(':')
s = socket.create_connection((host, int(port)))
s.sendall(f'POST {base}{request_id}/error HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'.encode())
chunk = b'10000\\r\\n' + b'x' * 65536 + b'\\r\\n'
sent = 0
try:
    while sent < 2_000_000_000: s.sendall(chunk); sent += 65536
except OSError: pass`,
    matches: /Function\.ResponseSizeTooLarge/,
  },
  'Node says everything twice through its door': {
    node: `
      const { prototype } = require('net').Socket;
      const { write } = prototype;
      prototype.write = function (bytes, ...more) { write.call(this, bytes); return write.call(this, bytes, ...more); };
      return 'once';`,
    comesTo: 'once',
  },
  'it opens more connections than it may, and stays silent on all': {
    python: `
import socket
host, port = api.split(':')
held = []
try:
    for _ in range(900): held.append(socket.create_connection((host, int(port)), 1))
except OSError: pass
for s in held: s.close()
result = 'done'`,
    // Connections beyond the bound are cut; that may be the one on which it would have answered.
    matches: /done|Runtime\.ExitError/,
  },
};
