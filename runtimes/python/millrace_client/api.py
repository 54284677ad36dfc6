"""The Runtime API over one connection at a time. What answers is the platform: whole bodies, with their length."""

import os
import socket

BASE = "/2018-06-01/runtime"


class RuntimeApi:
    def __init__(self):
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].rsplit(":", 1)
        self._address = (host, int(port))
        self._stream = None

    def next_invocation(self):
        """Waits for the next event: its headers, by names in lower case, and its bytes."""
        return self._call("GET", "/invocation/next")

    def answer(self, request_id, body, content_type):
        self._call("POST", "/invocation/%s/response" % request_id, body, {"Content-Type": content_type})

    def fail(self, request_id, body):
        self._call("POST", "/invocation/%s/error" % request_id, body)

    def fail_init(self, body, error_type):
        self._call("POST", "/init/error", body, {"Lambda-Runtime-Function-Error-Type": error_type})

    def _call(self, method, path, body=b"", headers=None):
        lines = ["%s %s%s HTTP/1.1" % (method, BASE, path), "Host: %s:%d" % self._address]
        if method == "POST":
            fields = {"Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}
            lines += ["%s: %s" % field for field in fields.items()]
        if self._stream is None:
            self._stream = socket.create_connection(self._address).makefile("rwb")
        self._stream.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        self._stream.flush()
        return self._answer(path)

    def _answer(self, path):
        status = self._stream.readline().split(b" ", 2)
        if len(status) < 2:
            raise ConnectionError("The Runtime API has closed the connection.")
        headers = {}
        for line in iter(self._stream.readline, b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        body = self._stream.read(int(headers.get("content-length", 0)))
        # An answer that is too large is refused with 413; its caller has been told.
        if not status[1].startswith(b"2") and status[1] != b"413":
            raise ConnectionError("%s was answered with %s: %s" % (path, status[1].decode(), body.decode()))
        return headers, body
