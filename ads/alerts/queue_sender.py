"""Sends messages over SQS's JSON protocol with what Python itself brings."""

import hashlib
import hmac
import json
import urllib.request
from datetime import datetime, timezone
from urllib.parse import urlsplit

PATIENCE_SECONDS = 5


class QueueSender:
    """A sender by the variables that every environment has."""

    def __init__(self, environ):
        self._endpoint = environ.get("AWS_ENDPOINT_URL", "").rstrip("/") + "/"
        self._environ = environ
        self._urls = {}

    def send(self, queue, bodies):
        """Returns when all of up to ten bodies are durable in the queue. Raises when they are not."""
        if queue not in self._urls:
            self._urls[queue] = self._ask("GetQueueUrl", {"QueueName": queue})["QueueUrl"]
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        answer = self._ask("SendMessageBatch", {"QueueUrl": self._urls[queue], "Entries": entries})
        if answer.get("Failed"):
            raise RuntimeError(f"The queue {queue} refused messages: {answer['Failed'][0]}")

    def _ask(self, action, parameters):
        body = json.dumps(parameters).encode()
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"AmazonSQS.{action}"}
        signed = signed_headers(self._endpoint, body, headers, datetime.now(timezone.utc), self._environ)
        request = urllib.request.Request(self._endpoint, body, signed, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)


def signed_headers(url, body, headers, now, environ):
    """The headers of a POST to SQS signed by AWS Signature Version 4; all of them are signed."""
    time = now.strftime("%Y%m%dT%H%M%SZ")
    region = environ.get("AWS_REGION", "us-east-1")
    scope = f"{time[:8]}/{region}/sqs/aws4_request"
    parts = urlsplit(url)
    all_headers = {**headers, "host": parts.netloc, "x-amz-date": time}
    if environ.get("AWS_SESSION_TOKEN"):
        all_headers["x-amz-security-token"] = environ["AWS_SESSION_TOKEN"]
    names = sorted(all_headers)
    lines = ["POST", parts.path or "/", "", *(f"{name}:{all_headers[name].strip()}" for name in names)]
    canonical = "\n".join([*lines, "", ";".join(names), hashlib.sha256(body).hexdigest()])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{environ.get('AWS_SECRET_ACCESS_KEY', '')}".encode()
    for step in (time[:8], region, "sqs", "aws4_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"{environ.get('AWS_ACCESS_KEY_ID', '')}/{scope}"
    all_headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    del all_headers["host"]
    return all_headers
