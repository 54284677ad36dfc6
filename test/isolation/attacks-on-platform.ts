import type { Attack } from './attack.ts';

/** Requests that a client of the host may make and a function may not. */
const REQUESTS = `
import http.client, json, os, socket, struct
sqs = {'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.CreateQueue'}
signed = {'authorization': 'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=' + '0' * 64, 'x-amz-date': '20260101T000000Z'}
own = dict(signed, authorization=signed['authorization'].replace('any', os.environ['AWS_ACCESS_KEY_ID']), **{'x-amz-security-token': os.environ['AWS_SESSION_TOKEN']})
requests = [
    ('DELETE', '/2015-03-31/functions/victim', None, {}),
    ('DELETE', '/2015-03-31/functions/victim', None, signed),
    ('DELETE', '/2015-03-31/functions/victim', None, own),
    ('GET', '/2015-03-31/functions', None, {}),
    ('POST', '/', '{"QueueName":"mine"}', sqs),
    ('POST', '/', '{"QueueName":"mine"}', dict(sqs, **signed)),
    ('POST', '/', json.dumps(dict(QueueUrl=order['queue'], MessageBody='planted')), dict(sqs, **{'x-amz-target': 'AmazonSQS.SendMessage'})),
    ('POST', '/', json.dumps(dict(QueueUrl=order['queue'])), dict(sqs, **{'x-amz-target': 'AmazonSQS.ReceiveMessage'})),
    ('POST', '/', json.dumps(dict(QueueUrl=order['queue'])), dict(sqs, **signed, **{'x-amz-target': 'AmazonSQS.ReceiveMessage'})),
    ('POST', '/', json.dumps(dict(QueueUrl=order['queue'])), dict(sqs, **own, **{'x-amz-target': 'AmazonSQS.PurgeQueue'})),
    ('POST', '/', 'Action=ListQueues', {'content-type': 'application/x-www-form-urlencoded'}),
    ('GET', '/_millrace/status', None, {}),
    ('GET', '/_millrace/logs?function=victim', None, {}),
]
`;

/** What a program may ask of the platform as if it were a client of the host. */
export const PLATFORM_ATTACKS: Readonly<Record<string, Attack>> = {
  'it asks for what only clients of the host are given, at both ports': {
    python: `${REQUESTS}
inner = os.environ['AWS_ENDPOINT_URL'].removeprefix('http://')
statuses = []
for host in (f"127.0.0.1:{order['port']}", f"localhost:{order['port']}", inner):
    for method, path, body, headers in requests: statuses.append(call(method, path, body, headers, host=host)[0])
result = [status for status in statuses if status < 400]`,
    comesTo: [],
  },
  'it asks, and has hung up before anybody can look who it was': {
    python: `${REQUESTS}
def fire(linger):
    s = socket.create_connection(('127.0.0.1', order['port']))
    s.sendall(b'DELETE /2015-03-31/functions/victim HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n')
    if linger: s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()
for round in range(40): fire(round % 2)
result = 'fired'`,
    comesTo: 'fired',
  },
  'it hides the connection on its way to itself, and asks later': {
    python: `${REQUESTS}
import time
one, other = socket.socketpair(socket.AF_UNIX)
s = socket.create_connection(('127.0.0.1', order['port']))
socket.send_fds(one, [b'x'], [s.fileno()])
s.close()
time.sleep(0.5)
_, (descriptor,), _, _ = socket.recv_fds(other, 1, 1)
s = socket.socket(fileno=descriptor)
s.settimeout(5)
try:
    s.sendall(b'DELETE /2015-03-31/functions/victim HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n')
    result = s.recv(12).decode()
except OSError as error: result = 'cut'`,
    matches: /HTTP\/1\.1 40[134]|cut|""/,
  },
};
