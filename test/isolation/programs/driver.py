#!/usr/bin/python3
# A bootstrap that does what an event tells it: `python` is executed (its `result` is the answer), `shell` is run.
import http.client, json, os, subprocess, sys

api = os.environ['AWS_LAMBDA_RUNTIME_API']
base = '/2018-06-01/runtime/invocation/'


def call(method, path, body=None, headers={}, host=api):
    connection = http.client.HTTPConnection(host)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


kept = {'count': 0}
while True:
    status, event, headers = call('GET', base + 'next')
    request_id = headers['Lambda-Runtime-Aws-Request-Id']
    kept['count'] += 1
    order = json.loads(event)
    scope = dict(api=api, base=base, call=call, request_id=request_id, kept=kept, result=None, order=order)
    try:
        if 'python' in order:
            exec(order['python'], scope)
            answer = scope['result']
        else:
            done = subprocess.run(['/bin/sh', '-c', order['shell']], capture_output=True, text=True, errors='replace')
            answer = dict(code=done.returncode, out=done.stdout[-5000:], err=done.stderr[-5000:])
    except BaseException as error:
        answer = dict(error=repr(error))
    call('POST', base + request_id + '/response', json.dumps(answer))
