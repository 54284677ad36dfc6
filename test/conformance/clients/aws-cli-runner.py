"""Runs the AWS CLI: a line with its words in, a line {"code", "stdout", "stderr"} out.

Each call is a process of its own, as on a command line, but forked from this one, which has loaded the program and what it knows of
the services: that would take most of a call.
"""

import json
import os
import sys
import tempfile

import awscli.clidriver

DRIVER = awscli.clidriver.create_clidriver()
LOADER = DRIVER.session.get_component("data_loader")
for service in ("sqs", "lambda"):
    LOADER.load_service_model(service, "service-2")


def run(words):
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if child == 0:
            become(words, stdout, stderr)
        _, status = os.waitpid(child, 0)
        return {"code": os.waitstatus_to_exitcode(status), "stdout": whole(stdout), "stderr": whole(stderr)}


def become(words, stdout, stderr):
    code = 255
    try:
        for file, number in ((stdout, 1), (stderr, 2)):
            os.dup2(file.fileno(), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        code = DRIVER.main(words)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def whole(file):
    file.seek(0)
    return file.read().decode()


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
